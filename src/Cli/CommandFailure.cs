using System.Net;
using System.Text.Json;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Registry;
using ModelOps.Runtime.Engines;

namespace ModelOps.Cli;

/// <summary>How a verb failed: one sentence and what the process ends with. Nothing that is thrown gets past here.</summary>
/// <param name="Message">The sentence.</param>
/// <param name="ExitCode">For this program's own verbs; those of the reference know 1 only.</param>
internal sealed record CommandFailure(string Message, int ExitCode)
{
    /// <summary>What to say about an exception.</summary>
    internal static CommandFailure Of(Exception error) => error switch
    {
        CliException own => new(own.Message, own.ExitCode),
        OutputException output => new(output.Message, Cli.ExitCode.Usage),

        // What was asked for is malformed: the server judges options whose values it alone knows.
        ApiException { Status: HttpStatusCode.BadRequest } => new(error.Message, Cli.ExitCode.Usage),
        ApiException or StoreException or EngineFailedException or EngineUnavailableException => new(error.Message, Cli.ExitCode.Failed),

        // A connection that broke, a file that cannot be read.
        HttpRequestException or IOException or UnauthorizedAccessException => new(NetworkFailure.Text(error), Cli.ExitCode.Failed),
        JsonException => new($"what came is not the JSON that was expected: {error.Message}", Cli.ExitCode.Failed),
        _ => new(
            $"this is a fault of modelops: {OneLine(error.Message)} ({error.GetType().Name}); with OLLAMA_DEBUG=1 it also prints where",
            Cli.ExitCode.Usage),
    };

    private static string OneLine(string text) =>
        string.Join(' ', text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
