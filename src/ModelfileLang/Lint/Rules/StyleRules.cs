using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Lint.Rules;

/// <summary>MF5001-MF5008: how the file looks. All but one can be fixed.</summary>
internal static class StyleRules
{
    internal static IReadOnlyList<LintRule> All { get; } =
    [
        new LintRule("MF5001", Severity.Style, "Instruction not in upper case", LowerCase).Fixable(),
        new LintRule("MF5002", Severity.Style, "No line end at the end", NoFinalNewline).Fixable(),
        new LintRule("MF5003", Severity.Style, "White space at the end of a line", TrailingBlanks).Fixable(),
        new LintRule("MF5004", Severity.Style, "Several kinds of line ends", MixedLineEnds),
        new LintRule("MF5005", Severity.Style, "Indented instruction", Indented).Fixable(),
        new LintRule("MF5006", Severity.Style, "More than one space before a value", WideGap).Fixable(),
        new LintRule("MF5007", Severity.Style, "FROM is not the first instruction", FromNotFirst),
        new LintRule("MF5008", Severity.Style, "More than one empty line", EmptyLines).Fixable(),
    ];

    private static IEnumerable<Hit> LowerCase(LintContext context) =>
        from instruction in context.Modelfile.Instructions
        let upper = instruction.Keyword.ToUpperInvariant()
        where instruction.Keyword != upper
        select new Hit(
            instruction.KeywordSpan, $"Write {upper}.", null, Fixes.Replace("write it in upper case", instruction.KeywordSpan, upper));

    private static IEnumerable<Hit> NoFinalNewline(LintContext context)
    {
        var text = context.Source.Text;
        if (context.Parsed.Succeeded && text.Length > 0 && !Characters.IsNewline(text[^1]))
            yield return new Hit(
                context.Span(text.Length, 0), "The last line has no end.", null, Fixes.Replace("end the last line", text.Length, 0, "\n"));
    }

    private static IEnumerable<Hit> TrailingBlanks(LintContext context)
    {
        if (!context.Parsed.Succeeded)
            yield break;

        // An instruction with nothing behind its space means an empty text, and needs that space.
        var needed = context.Modelfile.Instructions.Where(instruction => instruction.ValueSpan.Length == 0)
            .Select(instruction => instruction.Span.Line).ToHashSet();
        for (var line = 1; line <= context.Source.LineCount; line++)
        {
            var end = context.Source.EndOf(line);
            var start = end;
            while (start > context.Source.StartOf(line) && Characters.IsBlank(context.Source.Text[start - 1]))
                start--;
            if (start < end && !context.IsInsideValue(start) && !needed.Contains(line))
                yield return new Hit(
                    context.Span(start, end - start), "The line ends in white space.", null,
                    Fixes.Replace("remove it", start, end - start, ""));
        }
    }

    private static IEnumerable<Hit> MixedLineEnds(LintContext context)
    {
        string? first = null;
        for (var line = 1; line < context.Source.LineCount; line++)
        {
            var ending = context.Source.Text[context.Source.EndOf(line)..context.Source.StartOf(line + 1)];
            first ??= ending;
            if (ending == first)
                continue;
            yield return new Hit(
                context.Span(context.Source.EndOf(line), 0),
                "This line ends otherwise than the first one.",
                "use one kind of line end; inside quotes they are part of the text");
            yield break;
        }
    }

    private static IEnumerable<Hit> Indented(LintContext context)
    {
        foreach (var instruction in context.Modelfile.Instructions)
        {
            var start = context.Source.StartOf(instruction.Span.Line);
            var indent = context.Source.Text.AsSpan(start..instruction.Span.Offset);
            if (indent.Length > 0 && !indent.ContainsAnyExcept(" \t"))
                yield return new Hit(
                    context.Span(start, indent.Length), "An instruction begins its line.", null,
                    Fixes.Replace("remove the indent", start, indent.Length, ""));
        }
    }

    private static IEnumerable<Hit> WideGap(LintContext context)
    {
        foreach (var instruction in context.Modelfile.Instructions)
        {
            if (instruction.ValueSpan.Length == 0)
                continue;
            var start = instruction.NameSpan.Offset + instruction.NameSpan.Length;
            var gap = context.Source.Text.AsSpan(start..instruction.ValueSpan.Offset);
            if (gap is not " " && !gap.ContainsAnyExcept(" \t"))
                yield return new Hit(
                    context.Span(start, gap.Length), "One space is enough.", null,
                    Fixes.Replace("write one space", start, gap.Length, " "));
        }
    }

    private static IEnumerable<Hit> FromNotFirst(LintContext context)
    {
        if (context.Modelfile.Instructions is [{ Name: not InstructionNames.Model }, ..]
            && context.Named(InstructionNames.Model).FirstOrDefault() is { } from)
            yield return new Hit(from.Span, "FROM stands first, so that everybody sees what this builds on.", "move it to the top");
    }

    private static IEnumerable<Hit> EmptyLines(LintContext context)
    {
        if (!context.Parsed.Succeeded)
            yield break;
        for (var line = 2; line < context.Source.LineCount; line++)
        {
            if (IsEmpty(context, line) && IsEmpty(context, line - 1))
            {
                var (start, end) = (context.Source.StartOf(line), context.Source.StartOf(line + 1));
                yield return new Hit(
                    context.Span(start, 0), "One empty line is enough.", null, Fixes.Replace("remove the line", start, end - start, ""));
            }
        }
    }

    private static bool IsEmpty(LintContext context, int line) =>
        context.Source.StartOf(line) == context.Source.EndOf(line) && !context.IsInsideValue(context.Source.StartOf(line));
}
