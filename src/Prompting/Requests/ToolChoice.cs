namespace ModelOps.Prompting.Requests;

/// <summary>OpenAI's <c>tool_choice</c>.</summary>
/// <param name="Kind">Which of the four.</param>
/// <param name="Name">With <see cref="ToolChoiceKind.Named"/>: the tool.</param>
public sealed record ToolChoice(ToolChoiceKind Kind, string Name = "")
{
    /// <summary>The model decides.</summary>
    public static ToolChoice Auto { get; } = new(ToolChoiceKind.Auto);
}
