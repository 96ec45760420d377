using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace ModelOps.Reconciler.Sources;

/// <summary>
/// Broken objects in a repository's history: what is only old or odd is let pass, as git itself lets it be cloned; the rest is refused and
/// named.
/// </summary>
internal static partial class GitObjectFaults
{
    // Dates, zones, names and modes that tools of long ago wrote. None of them can name a place outside of a repository, or hide a file.
    private static readonly string[] s_harmless =
    [
        "badDate", "badDateOverflow", "zeroPaddedDate", "badTimezone", "missingSpaceBeforeDate",
        "badName", "badEmail", "missingEmail", "missingNameBeforeEmail", "missingSpaceBeforeEmail",
        "missingAuthor", "missingCommitter", "multipleAuthors", "nulInCommit",
        "zeroPaddedFilemode", "badFilemode", "badTagName", "missingTaggerEntry", "gitmodulesParse",
    ];

    /// <summary>The part of git's configuration that says so. A git that does not know one of the names passes over it.</summary>
    internal static string Configuration(ImmutableArray<string> allowed)
    {
        var text = new StringBuilder("[fetch \"fsck\"]\n");
        foreach (var kind in s_harmless.Concat(allowed.Where(IsKind)).Distinct(StringComparer.OrdinalIgnoreCase))
            text.Append("    ").Append(kind).Append(" = ignore\n");
        return text.ToString();
    }

    /// <summary>Whether a text can be one of git's names of faults.</summary>
    internal static bool IsKind(string text) => text.Length is > 0 and < 64 && text.All(char.IsAsciiLetterOrDigit);

    /// <summary>What git's complaint about an object means, or null when the text holds none.</summary>
    internal static string? Explain(string standardError)
    {
        if (Complaint().Match(standardError) is not { Success: true } found)
            return null;
        var kind = found.Groups["kind"].Value;
        return $"the object {found.Groups["object"].Value} in its history is refused: {found.Groups["text"].Value.Trim()} ({kind}). "
            + $"Mend the history, or let this kind pass with --allow-git-fault {kind}";
    }

    [GeneratedRegex(
        @"^(?:remote: )?error: object (?<object>[0-9a-f]{40,64}): (?<kind>[A-Za-z0-9]+): (?<text>.*)$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Complaint();
}
