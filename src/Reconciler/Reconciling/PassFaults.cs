using Microsoft.Extensions.Logging;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>Reports a pass that threw, and the next one that did not, in the status, events, metric and log.</summary>
internal sealed partial class PassFaults(StatusBoard board, EventLog events, ILogger logger)
{
    private string? _told;

    /// <summary>A pass threw. The status comes first: what made the pass throw may make the rest of this throw as well.</summary>
    internal void Failed(Exception error)
    {
        var cause = SafeText.ForLine(error.Message);
        var message =
            $"the last pass failed: {cause} ({error.GetType().Name}); what is served goes on being served, and the next pass tries again";
        board.Fail(message);
        ReconcilerMetrics.PassFailed();
        LogFailed(error);
        if (_told == message)
            return;
        _told = message;
        Tell(EventKind.PassFailed, message);
    }

    /// <summary>A pass ended as passes should.</summary>
    internal void Passed()
    {
        if (_told is null)
            return;
        _told = null;
        board.Recover();
        Tell(EventKind.PassRecovered, "passes succeed again");
    }

    /// <summary>Shown at once, and written down now: a failed pass does not reach its end, where events are usually written.</summary>
    private void Tell(EventKind kind, string message)
    {
        events.Add(new NewEvent(kind, message));
        try
        {
            events.Flush();
        }
#pragma warning disable CA1031 // The state may be what fails: the event is shown, but not kept.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogNotKept(error);
        }
    }

    [LoggerMessage(LogLevel.Critical, "A pass failed for a reason that nobody thought of; models go on serving")]
    private partial void LogFailed(Exception error);

    [LoggerMessage(LogLevel.Error, "An event could not be written down")]
    private partial void LogNotKept(Exception error);
}
