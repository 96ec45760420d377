using System.CommandLine;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops run</c>: one answer, or a conversation on a terminal.</summary>
internal static class RunCommand
{
    internal static Command Create(CliContext context)
    {
        var model = Shared.Model();
        var prompt = new Argument<string[]>("PROMPT") { Description = "What to ask; without it a conversation starts", Arity = ArgumentArity.ZeroOrMore };
        var host = Shared.Host();
        var keepAlive = new Option<string?>("--keepalive") { Description = "How long the model stays in memory, e.g. 5m" };
        var format = new Option<string?>("--format") { Description = "'json' or a JSON Schema that the answer must follow" };
        var think = new Option<string?>("--think") { Description = "true, false, low, medium, high or max", Arity = ArgumentArity.ZeroOrOne };
        var hideThinking = new Option<bool>("--hidethinking") { Description = "Do not print what the model thinks" };
        var verbose = new Option<bool>("--verbose") { Description = "Print counts and times after the answer" };
        var command = new Command("run", "Run a model") { model, prompt, keepAlive, format, think, hideThinking, verbose, host };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(host));
            var conversation = new Conversation(context, client, parsed.GetValue(model)!)
            {
                KeepAlive = parsed.GetValue(keepAlive),
                Format = ReadFormat(parsed.GetValue(format)),
                Think = ReadThink(parsed.GetResult(think) is null ? null : parsed.GetValue(think) ?? "true"),
                HideThinking = parsed.GetValue(hideThinking),
                Verbose = parsed.GetValue(verbose),
            };
            await EnsurePresentAsync(context, client, conversation.Model, cancellationToken);
            var words = string.Join(' ', parsed.GetValue(prompt)!);
            if (!context.InIsTerminal && await context.In.ReadToEndAsync(cancellationToken) is { Length: > 0 } piped)
                words = words.Length > 0 ? $"{piped} {words}" : piped;
            if (words.Length > 0)
                await conversation.AnswerOnceAsync(words, cancellationToken);
            else if (context.InIsTerminal && context.OutIsTerminal)
                await conversation.TalkAsync(cancellationToken);
            else
                await conversation.LoadAsync(cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>A model that is not there is pulled first.</summary>
    private static async Task EnsurePresentAsync(CliContext context, ApiClient client, string model, CancellationToken cancellationToken)
    {
        try
        {
            await client.SendAsync(HttpMethod.Post, "api/show", new JsonObject { ["model"] = model }, cancellationToken);
        }
        catch (ApiException error) when (error.Status == HttpStatusCode.NotFound)
        {
            var display = new ProgressDisplay(context);
            await foreach (var progress in client.StreamAsync("api/pull", new JsonObject { ["model"] = model }, cancellationToken))
                display.Show(progress);
            display.Finish();
        }
    }

    private static JsonNode? ReadFormat(string? text)
    {
        try
        {
            return text is null or "" ? null : text == "json" ? JsonValue.Create("json") : JsonNode.Parse(text);
        }
        catch (JsonException error)
        {
            throw new CliException(ExitCode.Failed, $"--format must be 'json' or a JSON Schema: {error.Message}", error);
        }
    }

    private static JsonNode? ReadThink(string? text) => text switch
    {
        null => null,
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        "low" or "medium" or "high" or "max" => JsonValue.Create(text),
        _ => throw new CliException(
            ExitCode.Failed, $"invalid value for --think: \"{text}\" (must be true, false, high, medium, low, or max)"),
    };
}
