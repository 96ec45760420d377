using System.Text;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>What <c>modelops fmt</c> writes: canonical instructions, comments and single blank lines where they were.</summary>
public static class ModelfileFormat
{
    /// <summary>
    /// The formatted text of a file. It has the same instructions and the same comments; formatting it again changes nothing.
    /// </summary>
    public static string Of(Modelfile modelfile)
    {
        var text = new StringBuilder();
        var lastLine = 0;
        foreach (var (span, line) in Pieces(modelfile).OrderBy(piece => piece.Span.Offset))
        {
            if (lastLine > 0 && span.Line > lastLine + 1)
                text.Append('\n');
            text.Append(line).Append('\n');
            lastLine = span.EndLine;
        }

        return text.ToString();
    }

    private static IEnumerable<(SourceSpan Span, string Line)> Pieces(Modelfile modelfile)
    {
        foreach (var comment in modelfile.Comments)
            yield return (comment, modelfile.Source.TextOf(comment).TrimEnd());
        foreach (var instruction in modelfile.Instructions)
            yield return (instruction.Span, CanonicalWriter.Write(instruction));
    }
}
