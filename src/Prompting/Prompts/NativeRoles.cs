using System.Collections.Immutable;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Prompts;

/// <summary>
/// The roles that a file's own chat template is given (spec/http-apis.md 2.2): one that it does not know is a system message.
/// </summary>
public static class NativeRoles
{
    /// <summary>The conversation in roles that the template knows.</summary>
    /// <param name="messages">As the client and the model wrote them.</param>
    /// <param name="template">Text of the template; empty for the engine's fallback, which knows only the common roles.</param>
    public static ImmutableArray<ChatMessage> Of(ImmutableArray<ChatMessage> messages, string template) =>
        [.. messages.Select(message => IsKnown(message.Role, template) ? message : message with { Role = "system" })];

    /// <summary>
    /// Beyond the common roles and an absent one, a template knows those that it names: their words stand in it in quotes.
    /// </summary>
    private static bool IsKnown(string role, string template) =>
        role is "system" or "user" or "assistant" or "tool" or ""
        || template.Contains($"'{role}'", StringComparison.Ordinal) || template.Contains($"\"{role}\"", StringComparison.Ordinal);
}
