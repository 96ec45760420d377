using System.Collections.Immutable;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Prompts;

/// <summary>
/// On the engine's own path a chat whose last turn is the assistant's is continued (spec/http-apis.md 2.2): the prompt ends inside
/// that turn, and the answer begins with its text.
/// </summary>
public static class Continuation
{
    /// <summary>
    /// Stands behind the text of the turn while it is rendered. Private characters: no text has them, and no template knows them.
    /// </summary>
    private const string Mark = "\uE0C0\uE0C1";

    /// <summary>The turn that is continued, or null. One that calls tools cannot be continued.</summary>
    public static ChatMessage? Of(ImmutableArray<ChatMessage> messages) =>
        messages is [.., { Role: "assistant", ToolCalls.IsEmpty: true } last] && (last.Content.Length > 0 || last.Thinking.Length > 0)
            ? last
            : null;

    /// <summary>A last turn of the assistant that says nothing is like none: the answer is a new one.</summary>
    public static ImmutableArray<ChatMessage> WithoutEmpty(ImmutableArray<ChatMessage> messages) =>
        messages is [.., { Role: "assistant", Content: "", Thinking: "", ToolCalls.IsEmpty: true }]
            ? messages.RemoveAt(messages.Length - 1)
            : messages;

    /// <summary>Renders a conversation up to the end of its last turn's text.</summary>
    /// <param name="messages">Ends with the turn that is continued.</param>
    /// <param name="render">Renders messages, with the beginning of a new turn or without.</param>
    public static string Render(ImmutableArray<ChatMessage> messages, Func<ImmutableArray<ChatMessage>, bool, string> render)
    {
        var last = messages[^1];
        var marked = last.Content.Length > 0 ? last with { Content = last.Content + Mark } : last with { Thinking = last.Thinking + Mark };
        var whole = render(messages.SetItem(messages.Length - 1, marked), false);
        var end = whole.LastIndexOf(Mark, StringComparison.Ordinal);

        // The template does not show the text, of earlier reasoning for instance: the answer is a new turn that begins with it.
        return end >= 0 ? whole[..end] : render(messages.RemoveAt(messages.Length - 1), true) + last.Content;
    }
}
