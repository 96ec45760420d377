using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Parsing;

namespace ModelOps.Prompting.Calls;

/// <summary>
/// Rules for an answer that is free until a call begins. They follow what the reader of the format takes for a call, and miss none.
/// </summary>
internal static class FreeAnswer
{
    /// <summary>Body of a rule.</summary>
    internal static string Of(
        ICallGrammar grammar, ICallFormat format, GrammarBuilder builder, CallableTools tools, ThinkingMarks? thinking, bool isOpen)
    {
        var blanks = MarkRules.Blanks(builder);
        var rest = builder.AddRule("calls", grammar.Rest(builder, tools, several: true));
        if (thinking is null)
            return Behind(grammar, format, builder, blanks, rest, []);

        // Reasoning may hold anything, calls too. Without its end mark there is no reasoning, and then the mark must not turn up later.
        var thought = $"{(isOpen ? "" : $"{blanks} {GrammarBuilder.Literal(thinking.Open)} ")}{MarkRules.Through(builder, thinking.Close)}";
        var behind = Behind(grammar, format, builder, blanks, rest, []);
        var without = isOpen
            ? MarkRules.Without(builder, thinking.Close)
            : Behind(grammar, format, builder, blanks, rest, [thinking.Close]);
        return $"{thought} {blanks} ({behind}) | {without}";
    }

    /// <summary>What follows the reasoning.</summary>
    private static string Behind(
        ICallGrammar grammar, ICallFormat format, GrammarBuilder builder, string blanks, string rest, string[] marks)
    {
        if (grammar.Opening.Length > 0)
            return $"{MarkRules.Without(builder, [.. format.Openings, .. marks])} ({GrammarBuilder.Literal(grammar.Opening)} {rest})?";
        var free = MarkRules.NotBeginning(builder, format.BareOpenings, [.. format.Openings, .. marks]);
        return format.Openings.IsEmpty ? $"{blanks} {rest} | {free}"
            : $"{blanks} {rest} | {free} (({string.Join(" | ", format.Openings.Select(GrammarBuilder.Literal))}) {rest})?";
    }
}
