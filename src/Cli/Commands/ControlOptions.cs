using System.CommandLine;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Times;

namespace ModelOps.Cli.Commands;

/// <summary>
/// What every verb has that changes the course of the daemon: it asks, waits until that request was handled, and exits by it.
/// </summary>
internal sealed class ControlOptions
{
    // Shorter than the client's limit for one answer.
    private static readonly TimeSpan s_oneWait = TimeSpan.FromSeconds(20);

    private readonly Option<string?> _reason = new("--reason") { Description = "Why, for the audit and for others", HelpName = "TEXT" };

    private readonly Option<string> _timeout = new("--timeout")
    {
        Description = "How long to wait until it was handled; a bare number is seconds",
        DefaultValueFactory = _ => "5m",
        HelpName = "DURATION",
    };

    internal Option<string?> Host { get; } = Shared.Host();

    internal Option<string> Output { get; } = Shared.OutputFormat();

    /// <summary>A verb that asks for one thing and prints what came of it.</summary>
    /// <param name="context">The process.</param>
    /// <param name="name">The word.</param>
    /// <param name="description">What it does, for the help.</param>
    /// <param name="path">What is asked of the daemon, below <c>modelops/v1</c>.</param>
    /// <param name="body">The fields of the request.</param>
    /// <param name="symbols">Arguments and options of this verb.</param>
    internal static Command Verb(
        CliContext context, string name, string description, string path, Func<ParseResult, JsonObject> body, params Symbol[] symbols)
    {
        var options = new ControlOptions();
        var command = new Command(name, description);
        foreach (var argument in symbols.OfType<Argument>())
            command.Arguments.Add(argument);
        foreach (var option in symbols.OfType<Option>())
            command.Options.Add(option);
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(options.Host));
            var handled = await options.AskAsync(context, parsed, client, path, body(parsed), cancellationToken);
            return options.Tell(context, parsed, handled);
        });
        return command;
    }

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_reason, _timeout, Host, Output])
            command.Options.Add(option);
    }

    /// <summary>Asks, and returns the request when it was handled.</summary>
    /// <exception cref="CliException">It was refused, no server answers, or it was not handled in time.</exception>
    internal async Task<RequestRecord> AskAsync(
        CliContext context, ParseResult parsed, ApiClient client, string path, JsonObject body, CancellationToken cancellationToken)
    {
        var limit = LimitOf(parsed);
        var token = await PostAsync(parsed, client, path, body, cancellationToken);
        return await HandledAsync(context, client, token, limit, cancellationToken);
    }

    /// <summary>Returns a request when it was handled.</summary>
    /// <exception cref="CliException">No server answers, or it was not handled in time.</exception>
    internal static async Task<RequestRecord> HandledAsync(
        CliContext context, ApiClient client, string token, TimeSpan limit, CancellationToken cancellationToken)
    {
        var until = context.Time.GetUtcNow() + limit;
        while (true)
        {
            var left = until - context.Time.GetUtcNow();
            var wait = left < s_oneWait ? left : s_oneWait;
            var reply = await client.GetAsync(
                $"modelops/v1/requests/{token}?wait={(long)Math.Max(0, wait.TotalMilliseconds)}ms", ReplyShapes.Request, cancellationToken);
            var request = reply.Deserialize(StatusJson.Default.RequestRecord)!;
            if (request.Outcome != RequestOutcome.Pending)
                return request;
            if (context.Time.GetUtcNow() >= until)
            {
                throw new CliException(
                    ExitCode.Timeout,
                    $"not handled within {Durations.Format(limit)}; it is still going to be ({token}), and 'modelops status' shows what it "
                    + "waits for");
            }
        }
    }

    /// <summary>Asks, and returns the token of the request.</summary>
    /// <exception cref="CliException">It was refused, or no server answers.</exception>
    internal async Task<string> PostAsync(
        ParseResult parsed, ApiClient client, string path, JsonObject body, CancellationToken cancellationToken)
    {
        body["actor"] = $"{Environment.UserName}@{Environment.MachineName}";
        if (parsed.GetValue(_reason) is { Length: > 0 } reason)
            body["reason"] = reason;
        try
        {
            var reply = await client.SendAsync(
                HttpMethod.Post, $"modelops/v1/{path}", body, ReplyShapes.Requested, cancellationToken);
            return (string)reply["token"]!;
        }
        catch (ApiException error) when (error.Status is HttpStatusCode.Conflict or HttpStatusCode.BadRequest)
        {
            throw new CliException(ExitCode.Usage, error.Message, error);
        }
    }

    /// <summary>Prints what came of a request, and returns what to exit with.</summary>
    internal int Tell(CliContext context, ParseResult parsed, RequestRecord handled)
    {
        if (DataText.Print(context, parsed.GetValue(Output)!, JsonSerializer.SerializeToNode(handled, StatusJson.Default.RequestRecord)!))
            return CodeOf(handled.Outcome);
        if (handled.Outcome == RequestOutcome.Done)
            context.Out.WriteLine(handled.Message);
        else
            context.Fail(handled.Message);
        return CodeOf(handled.Outcome);
    }

    internal static int CodeOf(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Done => ExitCode.Done,
        RequestOutcome.Source => ExitCode.Source,
        RequestOutcome.Refused => ExitCode.Refused,
        RequestOutcome.DoesNotFit => ExitCode.DoesNotFit,
        RequestOutcome.Timeout or RequestOutcome.Pending => ExitCode.Timeout,
        RequestOutcome.Partial => ExitCode.Partial,
        RequestOutcome.Stale => ExitCode.StalePlan,
        _ => ExitCode.Failed,
    };

    /// <summary>A duration of the command line.</summary>
    /// <exception cref="CliException">It is none.</exception>
    internal static TimeSpan Duration(string option, string text) =>
        int.TryParse(text, out var seconds) && seconds >= 0 ? TimeSpan.FromSeconds(seconds)
        : GoDuration.TryParse(text, out var duration) && duration >= TimeSpan.Zero ? duration
        : throw new CliException(ExitCode.Usage, $"{option} '{text}' is no duration; write 30s, 5m or 1h30m");

    private TimeSpan LimitOf(ParseResult parsed) => Duration("--timeout", parsed.GetValue(_timeout)!);
}
