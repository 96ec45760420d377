using System.Text;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Diff;

/// <summary>A comparison for the comment of a pull request. Whatever the Modelfiles hold, it is only text there.</summary>
public static class ModelfileDiffMarkdown
{
    /// <summary>A table of all changes, then a block per text and list that changed.</summary>
    public static string Write(ModelfileDiff diff)
    {
        if (diff.IsEmpty)
            return "No change of meaning.\n";

        var text = new StringBuilder("| | what | class | value |\n|---|---|---|---|\n");
        foreach (var change in diff.Changes)
        {
            var value = change.Style == ChangeStyle.Value ? SafeText.ForMarkdown(ModelfileDiffText.Values(change).Trim()) : "see below";
            text.Append("| `").Append(DiffWords.Mark(change.Kind)).Append("` | ").Append(SafeText.ForMarkdown(change.Subject));
            text.Append(" | ").Append(DiffWords.Of(change.Class)).Append(" | ").Append(value).Append(" |\n");
        }

        foreach (var change in diff.Changes.Where(change => change.Style != ChangeStyle.Value))
        {
            text.Append("\n**").Append(SafeText.ForMarkdown(change.Subject)).Append("** ").Append(DiffWords.Of(change.Kind)).Append("\n\n");
            text.Append(change.Style == ChangeStyle.Text
                ? SafeText.MarkdownBlock(ModelfileDiffText.Words(change))
                : SafeText.MarkdownBlock(string.Join('\n', ModelfileDiffText.SafeEdits(change).Select(Item)), "diff"));
        }

        return text.ToString();
    }

    private static string Item(TextEdit edit)
    {
        var mark = edit.Kind switch { EditKind.Added => '+', EditKind.Removed => '-', _ => ' ' };
        return $"{mark} {SafeText.ForLine(edit.Text)}";
    }
}
