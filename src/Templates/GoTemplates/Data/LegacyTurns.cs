using ModelOps.Templates.Chat;

namespace ModelOps.Templates.GoTemplates.Data;

/// <summary>One use of a template that renders only one exchange.</summary>
/// <param name="System">System text.</param>
/// <param name="Prompt">What the user said.</param>
/// <param name="Response">What the assistant answered.</param>
internal sealed record LegacyTurn(string System, string Prompt, string Response)
{
    internal static LegacyTurn Empty { get; } = new("", "", "");
}

/// <summary>A conversation in exchanges.</summary>
internal static class LegacyTurns
{
    /// <summary>All exchanges in order; the last is the one that the model continues, and may be empty.</summary>
    internal static List<LegacyTurn> Of(IEnumerable<ChatMessage> messages)
    {
        var turns = new List<LegacyTurn>();
        var turn = LegacyTurn.Empty;
        foreach (var message in messages)
        {
            var isOver = message.Role switch
            {
                "system" => turn.Prompt.Length > 0 || turn.Response.Length > 0,
                "user" => turn.Response.Length > 0,
                _ => false,
            };
            if (isOver)
            {
                turns.Add(turn);
                turn = LegacyTurn.Empty;
            }

            turn = message.Role switch
            {
                "system" => turn with { System = message.Content },
                "user" => turn with { Prompt = message.Content },
                "assistant" => turn with { Response = message.Content },
                _ => turn,
            };
        }

        turns.Add(turn);
        return turns;
    }
}
