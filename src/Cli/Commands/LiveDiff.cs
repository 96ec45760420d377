using System.Net;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops diff --live</c>: what differs between the accepted revision and what the daemon serves.</summary>
internal static class LiveDiff
{
    /// <summary>Prints it; true when something differs.</summary>
    internal static async Task<bool> WriteAsync(
        CliContext context, string? host, string format, CancellationToken cancellationToken)
    {
        if (format == "markdown")
            throw new CliException(ExitCode.Usage, "'modelops diff --live' is text or json");
        using var client = Shared.Connect(context, host);
        try
        {
            var reply = await client.GetAsync("modelops/v1/plan", ReplyShapes.Compared, cancellationToken);
            if (format == "json")
                context.Out.WriteLine(reply["plan"]!.ToJsonString());
            else
                context.Out.Write(LineWrap.OfEach((string)reply["text"]!, context.OutColumns));
            return (bool)reply["differs"]!;
        }
        catch (ApiException error) when (error.Status is HttpStatusCode.Conflict)
        {
            throw new CliException(ExitCode.Usage, error.Message, error);
        }
    }
}
