using System.Text;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;

namespace ModelOps.Cli.Conversations;

/// <summary>Asks one model and prints what it answers; remembers what was said.</summary>
internal sealed class Conversation(CliContext context, ApiClient client, string model, ChatSettings settings)
{
    private const string SystemRole = "system";

    private readonly List<(string Role, string Content)> _messages = [];

    internal string Model { get; private set; } = model;

    internal ChatSettings Settings { get; } = settings;

    /// <summary>What the server shows of the model.</summary>
    internal JsonNode Shown { get; private set; } = new JsonObject();

    /// <summary>What was said, without what the model's own Modelfile says.</summary>
    internal IReadOnlyList<(string Role, string Content)> Messages => _messages;

    /// <summary>Asks the server about a model, which is the one that is talked to from now on.</summary>
    /// <exception cref="ApiException">There is none.</exception>
    internal async Task ChooseAsync(string name, CancellationToken cancellationToken)
    {
        Shown = await client.SendAsync(
            HttpMethod.Post, "api/show", new JsonObject { ["model"] = name, ["warnings"] = true }, ReplyShapes.Shown, cancellationToken);
        Model = name;
    }

    /// <summary>Brings the model into memory and says nothing.</summary>
    internal async Task LoadAsync(CancellationToken cancellationToken)
    {
        await using var spinner = Spinner.Start(context);
        await client.SendAsync(HttpMethod.Post, "api/generate", Request(), ReplyShapes.Generated, cancellationToken);
    }

    /// <summary>Forgets what was said; what <c>/set system</c> said stays.</summary>
    internal void Clear() => _messages.Clear();

    /// <summary>One question, one streamed answer, nothing of it remembered.</summary>
    internal async Task AnswerOnceAsync(string prompt, CancellationToken cancellationToken)
    {
        var body = Request();
        body["prompt"] = prompt;
        if (Settings.System is { } system)
            body[SystemRole] = system;
        var answer = new StringBuilder();
        await PrintAsync(
            "api/generate", body, ReplyShapes.Generated, answer, part => (string?)part["response"], part => (string?)part["thinking"],
            cancellationToken);
        context.Out.WriteLine();
    }

    /// <summary>
    /// The next question of the conversation. When it is interrupted, what came of the answer is remembered as it was shown.
    /// </summary>
    internal async Task TalkAsync(string message, CancellationToken cancellationToken)
    {
        _messages.Add(("user", message));
        var body = Request();
        var told = Settings.System is { } system ? [(SystemRole, system), .. _messages] : _messages;
        body["messages"] = new JsonArray([.. told.Select(Said)]);
        var answer = new StringBuilder();
        try
        {
            await PrintAsync(
                "api/chat", body, ReplyShapes.Chatted, answer,
                part => (string?)part["message"]?["content"], part => (string?)part["message"]?["thinking"], cancellationToken);
        }
        finally
        {
            // A question without an answer would be in the way of the next one.
            if (answer.Length > 0)
                _messages.Add(("assistant", answer.ToString()));
            else
                _messages.RemoveAt(_messages.Count - 1);
        }
    }

    /// <summary>Prints the vector of a text as a JSON list.</summary>
    /// <exception cref="CliException">There is no text.</exception>
    internal async Task EmbedAsync(string text, bool? truncate, int? dimensions, CancellationToken cancellationToken)
    {
        if (text.Length == 0)
            throw new CliException(ExitCode.Failed, $"embedding models require input text. Usage: modelops run {Model} \"your text here\"");
        var body = new JsonObject { ["model"] = Model, ["input"] = text };
        if (Settings.KeepAlive is not null)
            body["keep_alive"] = Settings.KeepAlive.DeepClone();
        if (truncate is not null)
            body["truncate"] = truncate;
        if (dimensions is > 0)
            body["dimensions"] = dimensions;
        var reply = await client.SendAsync(HttpMethod.Post, "api/embed", body, ReplyShapes.Embedded, cancellationToken);
        var vector = reply["embeddings"] is JsonArray { Count: > 0 } vectors ? vectors[0] : null;
        context.Out.WriteLine(vector?.ToJsonString() ?? throw new CliException(ExitCode.Failed, "no embeddings returned"));
    }

    /// <summary>A message as the APIs have it.</summary>
    internal static JsonNode Said((string Role, string Content) message) =>
        new JsonObject { ["role"] = message.Role, ["content"] = message.Content };

    private async Task PrintAsync(
        string path, JsonObject body, ReplyShape shape, StringBuilder answer, Func<JsonNode, string?> content,
        Func<JsonNode, string?> thinking, CancellationToken cancellationToken)
    {
        var printer = new AnswerPrinter(context, Settings);
        JsonNode? last = null;
        var isUnread = false;
        await using (var spinner = Spinner.Start(context))
        {
            try
            {
                await foreach (var part in client.StreamAsync(path, body, shape, cancellationToken))
                {
                    await spinner.DisposeAsync();
                    last = part;
                    if (thinking(part) is { Length: > 0 } thought)
                        printer.Thought(thought);
                    if (content(part) is { Length: > 0 } text)
                    {
                        answer.Append(text);
                        printer.Text(text);
                    }

                    isUnread = context.OutIsUnread();
                    if (isUnread)
                        return;
                }
            }
            finally
            {
                if (last is not null && !isUnread)
                    printer.End();
            }
        }

        if ((bool?)last?["done"] != true)
            throw new CliException(ExitCode.Failed, "the answer broke off: the server ended it without saying that it is done");
        if (Settings.Verbose)
            AnswerMetrics.Print(context.Error, last!);
    }

    private JsonObject Request()
    {
        var body = new JsonObject { ["model"] = Model };
        Add("keep_alive", Settings.KeepAlive);
        Add("format", Settings.Format);
        Add("think", Settings.Think);
        if (Settings.Options.Count > 0)
            body["options"] = Settings.Options.DeepClone();
        return body;

        void Add(string name, JsonNode? value)
        {
            if (value is not null)
                body[name] = value.DeepClone();
        }
    }
}
