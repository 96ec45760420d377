using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.Reconciler.Times;
using ModelOps.Templates.Chat;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops run</c>: one answer, or a conversation on a terminal.</summary>
internal static class RunCommand
{
    internal static Command Create(CliContext context)
    {
        var model = Shared.Model();
        var prompt = new Argument<string[]>("PROMPT")
        {
            Description = "What to ask; without it a conversation starts",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var host = Shared.Host();
        var keepAlive = new Option<string?>("--keepalive")
        {
            Description = "How long the model stays in memory after the answer, e.g. 5m; -1s is for ever",
            HelpName = "DURATION",
        };
        var format = new Option<string?>("--format")
        {
            Description = "'json' or a JSON Schema that the answer must follow",
            HelpName = "FORMAT",
        };
        var think = new Option<string?>("--think")
        {
            Description = "Whether the model thinks first: --think, or with '=' true, false, low, medium, high or max",
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "VALUE",
        };
        var hideThinking = new Option<bool>("--hidethinking") { Description = "Do not print what the model thinks" };
        var noWordWrap = new Option<bool>("--nowordwrap")
        {
            Description = "Leave lines as the model ends them, which is what is done anyhow",
        };
        var insecure = new Option<bool>("--insecure") { Description = "Speak plain http to the registry when the model has to be pulled" };
        var truncate = new Option<bool?>("--truncate")
        {
            Description = "Of an embedding model: cut a text that is too long [default: true]; with '=false' it is an error",
        };
        var dimensions = new Option<int?>("--dimensions")
        {
            Description = "Of an embedding model: cut the vector to so many numbers",
            HelpName = "NUMBER",
        };
        var verbose = new Option<bool>("--verbose") { Description = "Print counts and times after the answer" };
        var command = new Command("run", "Run a model")
        {
            model, prompt, keepAlive, format, think, hideThinking, noWordWrap, insecure, truncate, dimensions, verbose, host,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(host));
            var conversation = new Conversation(context, client, parsed.GetValue(model)!)
            {
                KeepAlive = ReadKeepAlive(parsed.GetValue(keepAlive)),
                Format = ReadFormat(parsed.GetValue(format)),
                Think = ReadThink(parsed.GetValue(think)),
                HideThinking = parsed.GetValue(hideThinking),
                Verbose = parsed.GetValue(verbose),
            };
            if (parsed.GetValue(dimensions) is < 0)
                throw new CliException(ExitCode.Failed, "--dimensions must be a number of dimensions, or 0 for all");
            var shown = await EnsurePresentAsync(context, client, conversation.Model, parsed.GetValue(insecure), cancellationToken);
            var words = string.Join(' ', parsed.GetValue(prompt)!);
            if (!context.InIsTerminal && await context.In.ReadToEndAsync(cancellationToken) is { Length: > 0 } piped)
                words = words.Length > 0 ? $"{piped} {words}" : piped;
            if (IsEmbedding(shown))
                await conversation.EmbedAsync(words, parsed.GetValue(truncate), parsed.GetValue(dimensions), cancellationToken);
            else if (words.Length > 0)
                await conversation.AnswerOnceAsync(words, cancellationToken);
            else if (context.InIsTerminal && context.OutIsTerminal)
                await conversation.TalkAsync(cancellationToken);
            else
                await conversation.LoadAsync(cancellationToken);
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>A model that is not there is pulled first. Returns what the server shows of it.</summary>
    private static async Task<JsonNode> EnsurePresentAsync(
        CliContext context, ApiClient client, string model, bool insecure, CancellationToken cancellationToken)
    {
        try
        {
            return await ShowAsync();
        }
        catch (ApiException error) when (error.Status == HttpStatusCode.NotFound)
        {
            var display = new ProgressDisplay(context);
            var request = new JsonObject { ["model"] = model, ["insecure"] = insecure };
            await foreach (var progress in client.StreamAsync("api/pull", request, ReplyShapes.Progress, cancellationToken))
                display.Show(progress);
            display.Finish();
            return await ShowAsync();
        }

        Task<JsonNode> ShowAsync() =>
            client.SendAsync(HttpMethod.Post, "api/show", new JsonObject { ["model"] = model }, ReplyShapes.Shown, cancellationToken);
    }

    private static bool IsEmbedding(JsonNode shown) =>
        shown["capabilities"] is JsonArray capabilities && capabilities.Any(name => (string?)name == "embedding");

    private static JsonNode? ReadKeepAlive(string? text)
    {
        if (text is null or "")
            return null;
        if (GoDuration.TryParse(text, out _))
            return JsonValue.Create(text);
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            ? JsonValue.Create(seconds)
            : throw new CliException(ExitCode.Failed, $"--keepalive '{text}' is no duration; write 5m or 1h30m, or -1s for ever");
    }

    private static JsonNode? ReadFormat(string? text)
    {
        try
        {
            return text is null or ""
                ? null
                : text == "json" ? JsonValue.Create("json") : JsonNode.Parse(text, documentOptions: JsonNesting.Document);
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
