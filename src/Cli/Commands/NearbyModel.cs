using System.Net;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.Cli.Commands;

/// <summary>Helps out who mistyped the name of a model.</summary>
internal static class NearbyModel
{
    /// <summary>Does something with a model; where there is no such model, the failure names one that is called nearly so.</summary>
    internal static async Task<T> OrHintAsync<T>(ApiClient client, string name, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work();
        }
        catch (ApiException error) when (error.Status is HttpStatusCode.NotFound or HttpStatusCode.InternalServerError)
        {
            if (await FindAsync(client, name, cancellationToken) is { } near)
                throw new CliException(ExitCode.Failed, $"{error.Message}; did you mean '{near}'?", error);
            throw;
        }
    }

    private static async Task<string?> FindAsync(ApiClient client, string name, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await client.GetAsync("api/tags", ReplyShapes.Tags, cancellationToken);
            var known = reply["models"]!.AsArray().Select(model => ShownWords.Name((string)model!["name"]!)).ToArray();
            return known.Contains(ShownWords.Name(name), StringComparer.OrdinalIgnoreCase) ? null : Suggestion.For(name, known);
        }
        catch (Exception error) when (error is ApiException or CliException)
        {
            return null;
        }
    }
}
