using System.Text.RegularExpressions;

namespace ModelOps.Reconciler.Sources;

/// <summary>Turns what git prints into one sentence with a next step, without credentials.</summary>
internal static partial class GitErrorText
{
    private static readonly (string Needle, SourceFailure Failure, string Advice)[] Known =
    [
        ("Host key verification failed", SourceFailure.HostKeyMismatch,
            "the server's ssh host key is not in the known hosts file; check its fingerprint and add it"),
        ("REMOTE HOST IDENTIFICATION HAS CHANGED", SourceFailure.HostKeyMismatch,
            "the server's ssh host key has changed; if that was intended, replace it in the known hosts file"),
        ("Permission denied (", SourceFailure.AuthFailed, "the server refuses our ssh key; add it as a deploy key or give another one"),
        ("terminal prompts disabled", SourceFailure.AuthFailed, "the server asks for a password; use ssh with a deploy key"),
        ("could not read Username", SourceFailure.AuthFailed, "the server asks for a password; use ssh with a deploy key"),
        ("Authentication failed", SourceFailure.AuthFailed, "the server refuses our credentials"),
        ("couldn't find remote ref", SourceFailure.SourceMissing, "the repository has no such branch (or no commit yet)"),
        ("does not appear to be a git repository", SourceFailure.SourceMissing, "there is no git repository at that address"),
        ("epository not found", SourceFailure.SourceMissing, "there is no git repository at that address, or we may not see it"),
        ("Not a valid object name", SourceFailure.SourceMissing, "the revision or folder is not in the repository"),
        ("not a git repository", SourceFailure.SourceMissing, "there is no git repository at that address"),
        ("not allowed", SourceFailure.SourceInvalid, "only file, ssh and https sources are accepted"),
    ];

    internal static (SourceFailure Failure, string Text) Explain(string standardError)
    {
        var text = Scrub(standardError).Trim();
        foreach (var (needle, failure, advice) in Known)
        {
            if (text.Contains(needle, StringComparison.Ordinal))
                return (failure, advice);
        }

        return (SourceFailure.FetchFailed, LastLine(text));
    }

    /// <summary>Removes user names and passwords from addresses.</summary>
    internal static string Scrub(string text) => Credentials().Replace(text, "://***@");

    private static string LastLine(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var line = lines.FirstOrDefault(line => line.StartsWith("fatal: ", StringComparison.Ordinal)) ?? lines.LastOrDefault() ?? "git failed";
        line = line.StartsWith("fatal: ", StringComparison.Ordinal) ? line["fatal: ".Length..] : line;
        return line.Length > 300 ? line[..300] + "…" : line;
    }

    [GeneratedRegex(@"://[^/@\s]+@", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Credentials();
}
