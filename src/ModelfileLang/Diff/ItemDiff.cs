using System.Collections.Immutable;

namespace ModelOps.ModelfileLang.Diff;

/// <summary>The least edits from one list of texts to another.</summary>
internal static class ItemDiff
{
    /// <summary>Beyond this many cells the middle is shown as replaced, so that no input costs much.</summary>
    private const long LargestTable = 4_000_000;

    internal static ImmutableArray<TextEdit> Compare(IReadOnlyList<string> old, IReadOnlyList<string> @new)
    {
        var start = 0;
        while (start < old.Count && start < @new.Count && old[start] == @new[start])
            start++;
        var end = 0;
        while (end < old.Count - start && end < @new.Count - start && old[^(end + 1)] == @new[^(end + 1)])
            end++;

        return
        [
            .. old.Take(start).Select(item => new TextEdit(EditKind.Same, item)),
            .. Middle([.. old.Skip(start).Take(old.Count - start - end)], [.. @new.Skip(start).Take(@new.Count - start - end)]),
            .. old.Skip(old.Count - end).Select(item => new TextEdit(EditKind.Same, item)),
        ];
    }

    private static IEnumerable<TextEdit> Middle(string[] old, string[] @new)
    {
        if ((long)old.Length * @new.Length > LargestTable)
            return old.Select(item => new TextEdit(EditKind.Removed, item)).Concat(@new.Select(item => new TextEdit(EditKind.Added, item)));
        return Walk(old, @new, CommonLengths(old, @new));
    }

    /// <summary>Length of the longest common subsequence of the two remainders that begin at each pair of items.</summary>
    private static int[,] CommonLengths(string[] old, string[] @new)
    {
        var lengths = new int[old.Length + 1, @new.Length + 1];
        for (var i = old.Length - 1; i >= 0; i--)
        {
            for (var j = @new.Length - 1; j >= 0; j--)
                lengths[i, j] = old[i] == @new[j] ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
        }

        return lengths;
    }

    private static IEnumerable<TextEdit> Walk(string[] old, string[] @new, int[,] lengths)
    {
        var (i, j) = (0, 0);
        while (i < old.Length || j < @new.Length)
        {
            if (i < old.Length && j < @new.Length && old[i] == @new[j])
            {
                yield return new TextEdit(EditKind.Same, old[i]);
                (i, j) = (i + 1, j + 1);
            }
            else if (j == @new.Length || (i < old.Length && lengths[i + 1, j] >= lengths[i, j + 1]))
            {
                yield return new TextEdit(EditKind.Removed, old[i++]);
            }
            else
            {
                yield return new TextEdit(EditKind.Added, @new[j++]);
            }
        }
    }
}
