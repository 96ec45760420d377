using ModelOps.Prompting.Grammars;

namespace ModelOps.Prompting.Calls;

/// <summary>Rules for things with commas between, of which some may be absent.</summary>
internal static class CommaList
{
    /// <summary>Body of a rule. What must be there comes first.</summary>
    internal static string Of(GrammarBuilder builder, IReadOnlyList<(string Body, bool IsRequired)> items)
    {
        const string Comma = "\",\" \" \"?";
        var rest = "";
        for (var index = items.Count - 1; index >= 0; index--)
        {
            var (body, isRequired) = items[index];
            if (isRequired)
                return string.Join($" {Comma} ", items.Take(index + 1).Select(item => item.Body)) + rest;

            // Optional ones: with a comma behind others, without one when it is the first.
            var isFirst = items.Take(index).All(item => !item.IsRequired);
            if (isFirst)
                return Firsts(builder, items, Comma);
            rest = $" ({Comma} {body})?{rest}";
        }

        return "\"\"";
    }

    /// <summary>All are optional: any of them may be the first.</summary>
    private static string Firsts(GrammarBuilder builder, IReadOnlyList<(string Body, bool IsRequired)> items, string comma)
    {
        var begins = new List<string>();
        var after = "";
        for (var index = items.Count - 1; index >= 0; index--)
        {
            begins.Insert(0, items[index].Body + after);
            after = " " + builder.AddRule("rest", $"({comma} {items[index].Body})?{after}");
        }

        return $"({string.Join(" | ", begins)})?";
    }
}
