using System.Text;

namespace ModelOps.Cli.Output;

/// <summary>Which lines of a small text changed, as <c>-</c> and <c>+</c> lines.</summary>
internal static class LineDiff
{
    /// <summary>The changed lines only, with their old line numbers; empty when nothing changed. Memory grows with the product of the changed regions.</summary>
    internal static string Of(string old, string @new)
    {
        var (before, after) = (old.ReplaceLineEndings("\n").Split('\n'), @new.Split('\n'));
        var start = 0;
        while (start < before.Length && start < after.Length && before[start] == after[start])
            start++;
        var end = 0;
        while (end < before.Length - start && end < after.Length - start && before[^(end + 1)] == after[^(end + 1)])
            end++;

        var text = new StringBuilder();
        var common = LongestCommon(before[start..^end], after[start..^end]);
        var (left, right) = (start, start);
        foreach (var line in common.Append(null))
        {
            while (left < before.Length - end && before[left] != line)
                text.Append($"@{left + 1}: -{before[left++]}\n");
            while (right < after.Length - end && after[right] != line)
                text.Append($"@{left + 1}: +{after[right++]}\n");
            left++;
            right++;
        }

        return text.ToString();
    }

    private static List<string?> LongestCommon(string[] left, string[] right)
    {
        if ((long)left.Length * right.Length > 4_000_000)
            return [];
        var lengths = new int[left.Length + 1, right.Length + 1];
        for (var i = left.Length - 1; i >= 0; i--)
        {
            for (var j = right.Length - 1; j >= 0; j--)
                lengths[i, j] = left[i] == right[j] ? lengths[i + 1, j + 1] + 1 : Math.Max(lengths[i + 1, j], lengths[i, j + 1]);
        }

        var common = new List<string?>();
        for (var (i, j) = (0, 0); i < left.Length && j < right.Length;)
        {
            if (left[i] == right[j])
            {
                common.Add(left[i++]);
                j++;
            }
            else if (lengths[i + 1, j] >= lengths[i, j + 1])
            {
                i++;
            }
            else
            {
                j++;
            }
        }

        return common;
    }
}
