using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Parameters;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Lint.Rules;

/// <summary>MF1007-MF1014: text that is accepted and does not say what it seems to say.</summary>
internal static class TextRules
{
    internal static IReadOnlyList<LintRule> All { get; } =
    [
        new LintRule("MF1007", Severity.Warning, "Invisible characters that are dropped", Dropped).Fixable(),
        new LintRule("MF1008", Severity.Warning, "Bytes that are no text", InvalidBytes),
        new LintRule("MF1009", Severity.Warning, "Instruction that a later one overrides", Overridden),
        new LintRule("MF1010", Severity.Warning, "PARAMETER that is another instruction", DisguisedInstruction).Fixable(),
        new LintRule("MF1011", Severity.Info, "File that is not plain UTF-8", Encoded),
        new LintRule("MF1012", Severity.Warning, "Single quotes that are part of the value", SingleQuotes),
        new LintRule("MF1013", Severity.Warning, "Comment that is part of the value", CommentInValue),
        new LintRule("MF1014", Severity.Warning, "Backslash that does not continue the line", Continuation),
    ];

    private static IEnumerable<Hit> Dropped(LintContext context)
    {
        foreach (var instruction in context.Modelfile.Instructions)
        {
            var start = context.Source.StartOf(instruction.Span.Line);
            var end = context.Source.EndOf(context.Source.LineOf(instruction.Span.Offset + instruction.Span.Length));
            var edits = ImmutableArray.CreateBuilder<SourceEdit>();
            for (var index = start; index < end; index++)
            {
                var rune = Characters.RuneAt(context.Source.Text, index);
                if (!Characters.IsKept(rune))
                    edits.Add(new SourceEdit(index, rune.Utf16SequenceLength, ""));
                index += rune.Utf16SequenceLength - 1;
            }

            if (edits.Count == 0)
                continue;
            var first = Characters.RuneAt(context.Source.Text, edits[0].Offset);
            yield return new Hit(
                context.Span(edits[0].Offset, edits[0].Length),
                $"U+{first.Value:X4} {(edits.Count == 1 ? "is" : $"and {edits.Count - 1} more are")} dropped when this is read.",
                "remove it; what looks like a space may have to become one",
                new Fix("remove the invisible characters", edits.ToImmutable()));
        }
    }

    private static IEnumerable<Hit> InvalidBytes(LintContext context)
    {
        if (context.Source.FirstInvalid >= 0)
            yield return new Hit(
                context.Span(context.Source.FirstInvalid, 1), "These bytes are no text; they are read as U+FFFD.",
                "save the file as UTF-8");
    }

    private static IEnumerable<Hit> Overridden(LintContext context)
    {
        var later = new HashSet<string>(StringComparer.Ordinal);
        for (var index = context.Modelfile.Instructions.Length - 1; index >= 0; index--)
        {
            var instruction = context.Modelfile.Instructions[index];
            var repeats = instruction.Name is InstructionNames.Model or InstructionNames.Draft
                or InstructionNames.License or InstructionNames.Message
                || ParameterCatalogue.Find(instruction.Name)?.Type == ParameterType.Strings;
            if (!repeats && !later.Add(instruction.Name))
                yield return new Hit(instruction.Span, $"A later {Subject(instruction)} overrides this one.", "keep one of them");
        }
    }

    private static IEnumerable<Hit> DisguisedInstruction(LintContext context)
    {
        foreach (var instruction in context.Modelfile.Instructions)
        {
            if (instruction.IsParameter || !instruction.Keyword.Equals("PARAMETER", StringComparison.OrdinalIgnoreCase))
                continue;
            var written = CanonicalWriter.Write(instruction);
            var plain = !written.StartsWith("PARAMETER", StringComparison.Ordinal);
            yield return new Hit(
                instruction.NameSpan,
                $"'{instruction.Name}' is no parameter: this line is read as {InstructionNames.KeywordOf(instruction.Name)}.",
                plain ? $"write {InstructionNames.KeywordOf(instruction.Name)}" : "write MESSAGE with a role and a text",
                plain ? Fixes.Replace("write the instruction by its name", instruction.Span, written) : null);
        }
    }

    private static IEnumerable<Hit> Encoded(LintContext context)
    {
        if (context.Source.Encoding != SourceEncoding.Utf8)
            yield return new Hit(
                context.Span(0, 0),
                "The file begins with a byte-order mark or is UTF-16; other tools may not read it.",
                "save it as UTF-8 without a mark");
    }

    private static IEnumerable<Hit> SingleQuotes(LintContext context) =>
        from instruction in context.Modelfile.Instructions
        where instruction.Quotes == QuoteStyle.Bare
            && instruction.Text is ['\'', _, .., '\'']
            && !instruction.Text.Contains('\n', StringComparison.Ordinal)
        where !IsNumeric(instruction)
        select new Hit(instruction.ValueSpan, "Single quotes do not delimit a value; they are part of it.", "use double quotes, or none");

    private static IEnumerable<Hit> CommentInValue(LintContext context)
    {
        foreach (var instruction in context.Modelfile.Instructions)
        {
            if (instruction.Quotes != QuoteStyle.Bare
                || instruction.Name is InstructionNames.Template or InstructionNames.License
                || IsNumeric(instruction))
                continue;
            var text = context.Source.TextOf(instruction.ValueSpan);
            var at = Math.Max(text.IndexOf(" # ", StringComparison.Ordinal), text.IndexOf("\t# ", StringComparison.Ordinal));
            if (at >= 0)
            {
                yield return new Hit(
                    context.Span(instruction.ValueSpan.Offset + at + 1, text.Length - at - 1),
                    "A comment needs a line of its own; this text is part of the value.",
                    "move it to a line above, or put the value in quotes");
            }
        }
    }

    private static IEnumerable<Hit> Continuation(LintContext context) =>
        from instruction in context.Modelfile.Instructions
        where instruction.Quotes == QuoteStyle.Bare && instruction.ValueSpan.Length > 1 && instruction.Value.EndsWith('\\')
        select new Hit(
            context.Span(instruction.ValueSpan.Offset + instruction.ValueSpan.Length - 1, 1),
            "A backslash does not continue a line; it is part of the value.",
            "put \"\"\" around a text of several lines");

    /// <summary>Values that are not text get their own hint from MF2002.</summary>
    private static bool IsNumeric(Instruction instruction) =>
        ParameterCatalogue.Find(instruction.Name) is { Type: not ParameterType.Strings };

    private static string Subject(Instruction instruction) =>
        instruction.IsParameter ? $"PARAMETER {instruction.Name}" : InstructionNames.KeywordOf(instruction.Name);
}
