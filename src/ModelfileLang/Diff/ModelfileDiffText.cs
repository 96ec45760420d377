using System.Collections.Immutable;
using System.Text;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Diff;

/// <summary>A comparison for people in a terminal or a log. Secrets are hidden, and nothing in it can steer the terminal.</summary>
public static class ModelfileDiffText
{
    private const int MostSameCharacters = 60;

    /// <summary>One line per change; texts and lists follow with their edits.</summary>
    public static string Write(ModelfileDiff diff)
    {
        if (diff.IsEmpty)
            return "No change of meaning.\n";

        var text = new StringBuilder();
        var width = diff.Changes.Max(change => SafeText.ForLine(change.Subject).Length);
        foreach (var change in diff.Changes)
        {
            text.Append(DiffWords.Mark(change.Kind)).Append(' ').Append(SafeText.ForLine(change.Subject).PadRight(width));
            text.Append("  ").Append($"{DiffWords.Of(change.Class),-8}{Values(change)}".TrimEnd()).Append('\n');
            if (change.Style == ChangeStyle.List)
                AppendItems(text, change);
            else if (change.Style == ChangeStyle.Text)
                AppendWords(text, change);
        }

        return text.ToString();
    }

    internal static string Values(ModelfileChange change)
    {
        if (change.Style != ChangeStyle.Value)
            return "";
        var before = Safe(change.Before.FirstOrDefault() ?? "");
        var after = Safe(change.After.FirstOrDefault() ?? "");
        return change.Kind switch
        {
            ChangeKind.Added => $" {after}",
            ChangeKind.Removed => $" {before}",
            _ => $" {before} → {after}",
        };
    }

    /// <summary>The edits as one text: <c>[-removed-]{+added+}</c>, long unchanged stretches shortened.</summary>
    internal static string Words(ModelfileChange change)
    {
        var text = new StringBuilder();
        var edits = SafeEdits(change);
        if (change.Kind != ChangeKind.Changed)
        {
            var mark = $"{DiffWords.Mark(change.Kind)} ";
            var lines = string.Concat(edits.Select(edit => edit.Text)).Replace("\n", $"\n{mark}", StringComparison.Ordinal);
            return SafeText.ForLines(mark + lines);
        }

        for (var index = 0; index < edits.Length; index++)
        {
            var edit = edits[index];
            text.Append(edit.Kind switch
            {
                EditKind.Removed => $"[-{edit.Text}-]",
                EditKind.Added => $"{{+{edit.Text}+}}",
                _ => Shortened(edit.Text, isFirst: index == 0, isLast: index == edits.Length - 1),
            });
        }

        return SafeText.ForLines(text.ToString());
    }

    /// <summary>
    /// The edits between the texts without their secrets; a secret whose parts fell into several edits would show otherwise.
    /// </summary>
    internal static ImmutableArray<TextEdit> SafeEdits(ModelfileChange change)
    {
        var before = change.Before.Select(SecretText.Mask).ToArray();
        var after = change.After.Select(SecretText.Mask).ToArray();
        return change.Style == ChangeStyle.Text
            ? WordDiff.Compare(before.FirstOrDefault() ?? "", after.FirstOrDefault() ?? "")
            : ItemDiff.Compare(before, after);
    }

    internal static string Safe(string value) => SafeText.ForLine(SecretText.Mask(value));

    private static void AppendItems(StringBuilder text, ModelfileChange change)
    {
        foreach (var edit in SafeEdits(change))
        {
            var mark = edit.Kind switch { EditKind.Added => '+', EditKind.Removed => '-', _ => ' ' };
            text.Append("    ").Append(mark).Append(' ').Append(SafeText.ForLine(edit.Text)).Append('\n');
        }
    }

    private static void AppendWords(StringBuilder text, ModelfileChange change)
    {
        foreach (var line in Words(change).Split('\n'))
            text.Append("    ").Append(line).Append('\n');
    }

    private static string Shortened(string same, bool isFirst, bool isLast)
    {
        if (same.Length <= MostSameCharacters)
            return same;
        const int Half = MostSameCharacters / 2;
        var tail = isLast ? "" : Cut(same, same.Length - Half, same.Length);
        var head = isFirst ? "" : Cut(same, 0, Half);
        return $"{head}…{tail}";
    }

    /// <summary>Cuts without tearing a surrogate pair.</summary>
    private static string Cut(string text, int from, int to)
    {
        if (char.IsLowSurrogate(text[from]))
            from++;
        if (char.IsHighSurrogate(text[to - 1]))
            to--;
        return text[from..to];
    }
}
