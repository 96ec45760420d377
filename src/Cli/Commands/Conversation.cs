using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Commands;

/// <summary>Asks one model and prints what it answers.</summary>
internal sealed class Conversation(CliContext context, ApiClient client, string model)
{
    private readonly JsonArray _messages = [];

    internal string Model { get; } = model;

    internal JsonNode? KeepAlive { get; init; }

    internal JsonNode? Format { get; init; }

    internal JsonNode? Think { get; init; }

    internal bool HideThinking { get; init; }

    internal bool Verbose { get; init; }

    /// <summary>Brings the model into memory and says nothing.</summary>
    internal Task LoadAsync(CancellationToken cancellationToken) =>
        client.SendAsync(HttpMethod.Post, "api/generate", Request(), ReplyShapes.Generated, cancellationToken);

    /// <summary>One question, one streamed answer.</summary>
    internal async Task AnswerOnceAsync(string prompt, CancellationToken cancellationToken)
    {
        var body = Request();
        body["prompt"] = prompt;
        await PrintAsync(
            "api/generate", body, ReplyShapes.Generated, part => (string?)part["response"], part => (string?)part["thinking"],
            cancellationToken);
        context.Out.WriteLine();
    }

    /// <summary>Prints the vector of a text as a JSON list.</summary>
    /// <exception cref="CliException">There is no text.</exception>
    internal async Task EmbedAsync(string text, bool? truncate, int? dimensions, CancellationToken cancellationToken)
    {
        if (text.Length == 0)
            throw new CliException(ExitCode.Failed, $"embedding models require input text. Usage: modelops run {Model} \"your text here\"");
        var body = new JsonObject { ["model"] = Model, ["input"] = text };
        if (KeepAlive is not null)
            body["keep_alive"] = KeepAlive.DeepClone();
        if (truncate is not null)
            body["truncate"] = truncate;
        if (dimensions is > 0)
            body["dimensions"] = dimensions;
        var reply = await client.SendAsync(HttpMethod.Post, "api/embed", body, ReplyShapes.Embedded, cancellationToken);
        var vector = reply["embeddings"] is JsonArray { Count: > 0 } vectors ? vectors[0] : null;
        context.Out.WriteLine(vector?.ToJsonString() ?? throw new CliException(ExitCode.Failed, "no embeddings returned"));
    }

    /// <summary>Reads questions until the user leaves.</summary>
    internal async Task TalkAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        context.Out.WriteLine("Send a message (/? for help)");
        while (ReadMessage() is { } message)
        {
            switch (message.Trim())
            {
                case "":
                    continue;
                case "/bye" or "/exit":
                    return;
                case "/clear":
                    _messages.Clear();
                    context.Out.WriteLine("Cleared session context");
                    continue;
                case ['/', ..] command:
                    context.Out.WriteLine(command is "/?" or "/help"
                        ? "/clear   forget the conversation\n/bye     leave\n\"\"\"      begin and end a message of several lines"
                        : $"Unknown command '{command}'. Type /? for help");
                    continue;
                default:
                    await TalkOnceAsync(message, cancellationToken);
                    continue;
            }
        }
    }

    private async Task TalkOnceAsync(string message, CancellationToken cancellationToken)
    {
        _messages.Add((JsonNode)new JsonObject { ["role"] = "user", ["content"] = message });
        var body = Request();
        body["messages"] = _messages.DeepClone();
        var answer = await PrintAsync(
            "api/chat", body, ReplyShapes.Chatted,
            part => (string?)part["message"]?["content"], part => (string?)part["message"]?["thinking"], cancellationToken);
        _messages.Add((JsonNode)new JsonObject { ["role"] = "assistant", ["content"] = answer });
        context.Out.WriteLine();
    }

    private string? ReadMessage()
    {
        context.Out.Write(">>> ");
        context.Out.Flush();
        var line = context.In.ReadLine();
        if (line is null || !line.StartsWith("\"\"\"", StringComparison.Ordinal))
            return line;

        var lines = new List<string> { line[3..] };
        while (!lines[^1].EndsWith("\"\"\"", StringComparison.Ordinal))
        {
            context.Out.Write("... ");
            context.Out.Flush();
            if (context.In.ReadLine() is not { } next)
                break;
            lines.Add(next);
        }

        return string.Join('\n', lines) is var text && text.EndsWith("\"\"\"", StringComparison.Ordinal) ? text[..^3] : text;
    }

    private async Task<string> PrintAsync(
        string path, JsonObject body, ReplyShape shape, Func<JsonNode, string?> content, Func<JsonNode, string?> thinking,
        CancellationToken cancellationToken)
    {
        var answer = new StringBuilder();
        var isThinking = false;
        JsonNode? last = null;
        await foreach (var part in client.StreamAsync(path, body, shape, cancellationToken))
        {
            last = part;
            if (!HideThinking && thinking(part) is { Length: > 0 } thought)
            {
                if (!isThinking)
                    context.Out.WriteLine("Thinking...");
                isThinking = true;
                Print(thought);
            }

            if (content(part) is { Length: > 0 } text)
            {
                if (isThinking)
                    context.Out.WriteLine("\n...done thinking.\n");
                isThinking = false;
                answer.Append(text);
                Print(text);
            }

            context.Out.Flush();
            if (context.OutIsUnread())
                return answer.ToString();
        }

        context.Out.WriteLine();
        if ((bool?)last?["done"] != true)
            throw new CliException(ExitCode.Failed, "the answer broke off: the server ended it without saying that it is done");
        if (Verbose)
            PrintMetrics(last!);
        return answer.ToString();
    }

    /// <summary>
    /// On a terminal an answer is made readable; into a pipe it goes as the model wrote it, but never what commands a terminal.
    /// </summary>
    private void Print(string text)
    {
        if (context.OutIsTerminal)
            context.Out.Write(text);
        else
            context.ExactOut.Write(SafeText.ForPipe(text));
    }

    private void PrintMetrics(JsonNode last)
    {
        Span("total duration", "total_duration");
        Span("load duration", "load_duration");
        Count("prompt eval", "prompt_eval");
        Count("eval", "eval");

        void Span(string label, string key) =>
            context.Error.WriteLine($"{label + ":",-23}{Time(key).TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture)}ms");

        void Count(string label, string key)
        {
            var count = (long?)last[key + "_count"] ?? 0;
            context.Error.WriteLine($"{label + " count:",-23}{count} token(s)");
            Span(label + " duration", key + "_duration");
            var seconds = Time(key + "_duration").TotalSeconds;
            if (seconds > 0)
            {
                context.Error.WriteLine(
                    $"{label + " rate:",-23}{(count / seconds).ToString("0.00", CultureInfo.InvariantCulture)} tokens/s");
            }
        }

        TimeSpan Time(string key) => TimeSpan.FromMicroseconds(((long?)last[key] ?? 0) / 1000.0);
    }

    private JsonObject Request()
    {
        var body = new JsonObject { ["model"] = Model };
        if (KeepAlive is not null)
            body["keep_alive"] = KeepAlive.DeepClone();
        if (Format is not null)
            body["format"] = Format.DeepClone();
        if (Think is not null)
            body["think"] = Think.DeepClone();
        return body;
    }
}
