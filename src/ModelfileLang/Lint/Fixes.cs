using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>The few shapes of fixes that rules need.</summary>
internal static class Fixes
{
    internal static Fix Replace(string title, int offset, int length, string replacement) =>
        new(title, [new SourceEdit(offset, length, replacement)]);

    internal static Fix Replace(string title, SourceSpan span, string replacement) => Replace(title, span.Offset, span.Length, replacement);

    /// <summary>Removes the lines of an instruction, with their line end.</summary>
    internal static Fix RemoveLines(ModelfileSource source, Instruction instruction)
    {
        var start = source.StartOf(instruction.Span.Line);
        var lastLine = source.LineOf(instruction.Span.Offset + instruction.Span.Length);
        var end = lastLine < source.LineCount ? source.StartOf(lastLine + 1) : source.Text.Length;
        return Replace("remove the line", start, end - start, "");
    }
}
