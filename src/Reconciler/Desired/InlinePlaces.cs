using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.Desired;

/// <summary>Maps places in a YAML block (<c>inline: |</c>) to places in the file.</summary>
internal static class InlinePlaces
{
    internal static SourceSpan Map(SourceSpan inner, SourceSpan block, string yaml)
    {
        var indent = IndentAfter(block.Line, yaml);
        return inner with
        {
            Offset = block.Offset,
            Length = 0,
            Line = inner.Line + block.Line,
            Column = inner.Column + indent,
            EndLine = inner.EndLine + block.Line,
            EndColumn = inner.EndColumn + indent,
        };
    }

    /// <summary>Spaces before the first line of text after a line.</summary>
    private static int IndentAfter(int line, string yaml)
    {
        var number = 0;
        foreach (var text in yaml.AsSpan().EnumerateLines())
        {
            if (++number > line && !text.Trim().IsEmpty)
                return text.Length - text.TrimStart(' ').Length;
        }

        return 0;
    }
}
