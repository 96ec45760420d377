using System.Net;
using System.Text.Json.Nodes;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;

namespace ModelOps.Cli.Conversations;

/// <summary>
/// What a person can do in a conversation beside talking: lines that begin with a slash. A command is known by its beginning.
/// </summary>
internal sealed class SlashCommands(CliContext context, ApiClient client, Conversation conversation, Action<bool> remember)
{
    private readonly SetCommand _set = new(context, conversation, remember);
    private readonly ShowInfo _show = new(context, conversation);

    // Turns of the model's own Modelfile go into what is saved.
    private IEnumerable<(string Role, string Content)> _stored = Turns(conversation);

    /// <summary>The turns that the model's Modelfile begins with.</summary>
    internal IEnumerable<(string Role, string Content)> Stored() => _stored;

    /// <summary>Runs one; false when the person leaves.</summary>
    internal async Task<bool> RunAsync(string line, CancellationToken cancellationToken)
    {
        var words = line.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        switch (words[0])
        {
            case var word when Is(word, "/list"):
                await ListAsync(words is [_, var prefix, ..] ? prefix : "", cancellationToken);
                break;
            case var word when Is(word, "/load"):
                await LoadAsync(words, cancellationToken);
                break;
            case var word when Is(word, "/save"):
                await SaveAsync(words, cancellationToken);
                break;
            case var word when Is(word, "/clear"):
                conversation.Clear();
                context.Out.WriteLine("Cleared session context");
                break;
            case var word when Is(word, "/set"):
                _set.Run(words, line);
                break;
            case var word when Is(word, "/show"):
                _show.Print(words);
                break;
            case var word when Is(word, "/help") || Is(word, "/?"):
                context.Out.Write(SlashHelp.About(words is [_, var topic, ..] ? topic.TrimStart('/') : ""));
                break;
            case var word when Is(word, "/exit") || Is(word, "/bye"):
                return false;
            default:
                context.Out.WriteLine($"Unknown command '{words[0]}'. Type /? for help");
                break;
        }

        return true;
    }

    private static bool Is(string word, string command) => word.StartsWith(command, StringComparison.Ordinal);

    private async Task ListAsync(string prefix, CancellationToken cancellationToken)
    {
        var reply = await client.GetAsync("api/tags", ReplyShapes.Tags, cancellationToken);
        context.Out.Write(ListText.Of(ListText.Begin(reply, prefix), context.Time.GetUtcNow()).ToText(context.OutColumns));
    }

    private async Task LoadAsync(string[] words, CancellationToken cancellationToken)
    {
        if (words is not [_, var name])
        {
            context.Out.Write("Usage:\n  /load <modelname>\n");
            return;
        }

        context.Out.WriteLine($"Loading model '{name}'");
        try
        {
            await conversation.ChooseAsync(name, cancellationToken);
        }
        catch (ApiException error) when (error.Status == HttpStatusCode.NotFound)
        {
            context.Out.WriteLine($"Couldn't find model '{name}'");
            return;
        }

        conversation.Clear();
        _stored = Turns(conversation);
        await conversation.LoadAsync(cancellationToken);
    }

    private async Task SaveAsync(string[] words, CancellationToken cancellationToken)
    {
        if (words is not [_, var name])
        {
            context.Out.Write("Usage:\n  /save <modelname>\n");
            return;
        }

        var body = new JsonObject { ["model"] = name, ["from"] = conversation.Model };
        if (conversation.Settings.System is { } system)
            body["system"] = system;
        if (conversation.Settings.Template is { } template)
            body["template"] = template;
        if (conversation.Settings.Options.Count > 0)
            body["parameters"] = conversation.Settings.Options.DeepClone();
        var messages = _stored.Concat(conversation.Messages).Select(Conversation.Said).ToArray();
        if (messages.Length > 0)
            body["messages"] = new JsonArray(messages);
        await foreach (var progress in client.StreamAsync("api/create", body, ReplyShapes.Progress, cancellationToken))
        {
            // It takes no time, since nothing but texts is written.
        }

        context.Out.WriteLine($"Created new model '{name}'");
    }

    private static List<(string Role, string Content)> Turns(Conversation conversation) =>
    [
        .. (conversation.Shown["messages"] as JsonArray ?? []).Select(
            message => ((string?)message?["role"] ?? "", (string?)message?["content"] ?? "")),
    ];
}
