using ModelOps.Http.Reading;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Anthropic;

/// <summary>
/// Anthropic's <c>tool_choice</c>, an object with a type. The reference ignores the field; here it holds, as on OpenAI's surface.
/// </summary>
internal static class ToolChoiceObject
{
    /// <exception cref="RequestException">400: no such choice.</exception>
    internal static ToolChoice Read(RequestObject body)
    {
        if (body.Object("tool_choice", "anthropic.ToolChoice") is not { } choice)
            return ToolChoice.Auto;
        return (choice.Text("type"), choice.Text("name")) switch
        {
            ("auto" or "", _) => ToolChoice.Auto,
            ("none", _) => new ToolChoice(ToolChoiceKind.None),
            ("any", _) => new ToolChoice(ToolChoiceKind.Required),
            ("tool", { Length: > 0 } name) => new ToolChoice(ToolChoiceKind.Named, name),
            _ => throw RequestException.Bad(
                $"invalid tool_choice: {choice.Json.GetRawText()} (its type must be \"auto\", \"any\", \"none\", or \"tool\" with a name)"),
        };
    }
}
