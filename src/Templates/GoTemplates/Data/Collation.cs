using ModelOps.Templates.Chat;

namespace ModelOps.Templates.GoTemplates.Data;

/// <summary>Neighbouring messages of one role joined, and all system texts together.</summary>
/// <param name="Messages">System messages stay among them.</param>
/// <param name="System">Joined by blank lines.</param>
internal sealed record Collation(IReadOnlyList<ChatMessage> Messages, string System)
{
    private const string BlankLine = "\n\n";

    internal static Collation Of(IEnumerable<ChatMessage> messages)
    {
        var collated = new List<ChatMessage>();
        var system = new List<string>();
        foreach (var message in messages)
        {
            if (message.Role == "system")
                system.Add(message.Content);
            if (collated.Count > 0 && collated[^1].Role == message.Role && message.Role != "tool")
                collated[^1] = collated[^1] with { Content = collated[^1].Content + BlankLine + message.Content };
            else
                collated.Add(message);
        }

        return new Collation(collated, string.Join(BlankLine, system));
    }
}
