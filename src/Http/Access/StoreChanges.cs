using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using ModelOps.Reconciler.State;

namespace ModelOps.Http.Access;

/// <summary>
/// Changes of the store that clients ask for, with two rows of the audit each: that it was asked, before anything is done, and what came of
/// it. A change whose second row is missing was cut off with the server.
/// </summary>
/// <param name="audit">Null when nothing is managed, and nothing is written then.</param>
/// <param name="time">The clock.</param>
internal sealed class StoreChanges(IAudit? audit, TimeProvider time)
{
    /// <summary>Does the work of a verb.</summary>
    /// <param name="context">Whose request it is.</param>
    /// <param name="verb">As the command line calls it.</param>
    /// <param name="model">The model's name as it was asked; empty for the whole store.</param>
    /// <param name="argument">What the verb was given besides; may be empty.</param>
    /// <param name="work">The work.</param>
    /// <exception cref="RequestException">503: it cannot be written down, and was not done.</exception>
    internal async Task RunAsync(HttpContext context, string verb, string model, string argument, Func<Task> work)
    {
        var asked = new RequestRecord(
            "chg-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), verb, model, argument,
            Caller.Of(context).Actor(context, said: ""), "", time.GetUtcNow());
        Begin(asked);
        try
        {
            await work();
        }
        catch (OperationCanceledException)
        {
            End(asked, RequestOutcome.Failed, "the client went away");
            throw;
        }
        catch (Exception error)
        {
            End(asked, RequestOutcome.Failed, error.Message);
            throw;
        }

        End(asked, RequestOutcome.Done, "");
    }

    private void Begin(RequestRecord asked)
    {
        try
        {
            audit?.Write(asked);
        }
        catch (StateException error)
        {
            throw new RequestException(StatusCodes.Status503ServiceUnavailable, error.Message);
        }
    }

    private void End(RequestRecord asked, RequestOutcome outcome, string message)
    {
        try
        {
            audit?.Write(asked with { Outcome = outcome, Message = message, HandledAt = time.GetUtcNow() });
        }
        catch (StateException)
        {
            // What was done cannot be taken back; that it was asked is written down already.
        }
    }
}
