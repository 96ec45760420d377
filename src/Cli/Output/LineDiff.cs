using System.Text;
using DiffPlex;

namespace ModelOps.Cli.Output;

/// <summary>Which lines of a text changed, as <c>-</c> and <c>+</c> lines.</summary>
internal static class LineDiff
{
    /// <summary>The changed lines only, with their old line numbers; empty when nothing but line endings changed.</summary>
    internal static string Of(string old, string @new)
    {
        var text = new StringBuilder();
        var diff = Differ.Instance.CreateLineDiffs(old, @new, ignoreWhitespace: false);
        foreach (var block in diff.DiffBlocks)
        {
            for (var line = 0; line < block.DeleteCountA; line++)
                text.Append($"@{block.DeleteStartA + line + 1}: -{diff.PiecesOld[block.DeleteStartA + line]}\n");
            for (var line = 0; line < block.InsertCountB; line++)
                text.Append($"@{block.DeleteStartA + block.DeleteCountA + 1}: +{diff.PiecesNew[block.InsertStartB + line]}\n");
        }

        return text.ToString();
    }
}
