using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Conversations;
using ModelOps.Cli.Hosting;
using ModelOps.Cli.Output;
using ModelOps.Cli.Terminal;
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
            Description = "Leave the lines of an answer as the model ends them, instead of breaking them between words",
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
        var system = new Option<string?>("--system")
        {
            Description = "What the model is told before anything else, instead of its own SYSTEM",
            HelpName = "TEXT",
        };
        var separator = new Option<string?>("--separator")
        {
            Description = "What parts several prompts on standard input, '\\n' for a prompt a line; each is answered on its own",
            HelpName = "TEXT",
        };
        var command = new Command("run", "Run a model")
        {
            model, prompt, system, separator, keepAlive, format, think, hideThinking, noWordWrap, insecure, truncate, dimensions, verbose,
            host,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = Shared.Connect(context, parsed.GetValue(host));
            if (parsed.GetValue(dimensions) is < 0)
                throw new CliException(ExitCode.Failed, "--dimensions must be a number of dimensions, or 0 for all");
            var settings = new ChatSettings
            {
                KeepAlive = ReadKeepAlive(parsed.GetValue(keepAlive)),
                Format = ReadFormat(parsed.GetValue(format)),
                Think = ReadThink(parsed.GetValue(think)),
                HideThinking = parsed.GetValue(hideThinking),
                Verbose = parsed.GetValue(verbose),
                WordWrap = !parsed.GetValue(noWordWrap),
                System = parsed.GetValue(system),
            };
            var conversation = new Conversation(context, client, parsed.GetValue(model)!, settings);
            var parts = Separator(parsed.GetValue(separator));
            await EnsurePresentAsync(context, client, conversation, parsed.GetValue(insecure), cancellationToken);
            var words = string.Join(' ', parsed.GetValue(prompt)!);
            var piped = context.InIsTerminal ? "" : await context.In.ReadToEndAsync(cancellationToken);
            if (words.Length + piped.Length == 0 && context.InIsTerminal && context.OutIsTerminal && !IsEmbedding(conversation.Shown))
            {
                await TalkAsync(context, client, conversation, cancellationToken);
                return ExitCode.Done;
            }

            using var interruption = new Interruption();
            try
            {
                await AnswerAsync(Prompts(piped, words, parts), interruption.Token);
                return ExitCode.Done;
            }
            catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
            {
                // Whoever stops an answer with Ctrl-C has what was wanted of it.
                return interruption.ExitCode == ExitCode.Interrupted ? ExitCode.Done : interruption.ExitCode;
            }

            async Task AnswerAsync(IReadOnlyList<string> prompts, CancellationToken cancellationToken)
            {
                for (var at = 0; at < prompts.Count; at++)
                {
                    if (at > 0 && !string.IsNullOrWhiteSpace(parts))
                        context.Out.WriteLine(parts.Trim());
                    if (IsEmbedding(conversation.Shown))
                    {
                        await conversation.EmbedAsync(
                            prompts[at], parsed.GetValue(truncate), parsed.GetValue(dimensions), cancellationToken);
                    }
                    else if (prompts[at].Length > 0)
                        await conversation.AnswerOnceAsync(prompts[at], cancellationToken);
                    else
                        await conversation.LoadAsync(cancellationToken);
                }
            }
        });
        return command;
    }

    /// <summary>What is asked: standard input first, then the words; with a separator one prompt for each part of the input.</summary>
    internal static IReadOnlyList<string> Prompts(string piped, string words, string? separator)
    {
        var parts = separator is null ? [piped]
            : piped.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
            parts = [""];
        return [.. parts.Select(part => part.Length == 0 ? words : words.Length == 0 ? part : $"{part} {words}")];
    }

    /// <summary>A separator as it is meant: a shell hands <c>\n</c> over as two characters.</summary>
    private static string? Separator(string? text) => text switch
    {
        null => null,
        "" => throw new CliException(ExitCode.Failed, "--separator is empty; name the text that stands between two prompts"),
        _ => text.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal)
            .Replace("\\0", "\0", StringComparison.Ordinal),
    };

    private static async Task TalkAsync(
        CliContext context, ApiClient client, Conversation conversation, CancellationToken cancellationToken)
    {
        var isPrivate = new HostEnvironment(context.Environment).Flag("OLLAMA_NOHISTORY") == true;
        var history = new PromptHistory(Path.Combine(StateFolder.Of(context), "history")) { IsOn = !isPrivate };
        using var reader = context.OpenTerminal() is { } terminal
            ? new TerminalLineReader(context, terminal, history, SlashHelp.Complete)
            : (ILineReader)new PlainLineReader(context);
        var commands = new SlashCommands(context, client, conversation, on => history.IsOn = on);
        await new ConversationLoop(context, conversation, commands, reader, history).RunAsync(cancellationToken);
    }

    /// <summary>A model that is not there is pulled first.</summary>
    private static async Task EnsurePresentAsync(
        CliContext context, ApiClient client, Conversation conversation, bool insecure, CancellationToken cancellationToken)
    {
        try
        {
            await conversation.ChooseAsync(conversation.Model, cancellationToken);
        }
        catch (ApiException error) when (error.Status == HttpStatusCode.NotFound)
        {
            await NearbyModel.OrHintAsync(client, conversation.Model, PullAsync, cancellationToken);
            await conversation.ChooseAsync(conversation.Model, cancellationToken);
        }

        async Task<bool> PullAsync()
        {
            var display = new ProgressDisplay(context);
            var request = new JsonObject { ["model"] = conversation.Model, ["insecure"] = insecure };
            await foreach (var progress in client.StreamAsync("api/pull", request, ReplyShapes.Progress, cancellationToken))
                display.Show(progress);
            display.Finish();
            return true;
        }
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
