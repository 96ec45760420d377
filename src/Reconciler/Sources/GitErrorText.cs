using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.Sources;

/// <summary>Turns what git prints into one sentence with a next step, without credentials.</summary>
internal static class GitErrorText
{
    private const string NoRead = "Could not read from remote repository.";

    private static readonly (string Needle, SourceFailure Failure, string Advice)[] Known =
    [
        ("couldn't find remote ref", SourceFailure.SourceMissing, "the repository has no such branch (or no commit yet)"),
        ("does not appear to be a git repository", SourceFailure.SourceMissing, "there is no git repository at that address"),
        ("' not found", SourceFailure.SourceMissing, "there is no git repository at that address, or we may not see it"),
        ("epository not found", SourceFailure.SourceMissing, "there is no git repository at that address, or we may not see it"),
        ("Not a valid object name", SourceFailure.SourceMissing, "the revision or folder is not in the repository"),
        ("unadvertised object", SourceFailure.SourceMissing, "the server hands out no single files"),
        ("not our ref", SourceFailure.SourceMissing, "the server does not have that object any more, or hands out no single files"),
        ("contains a full pathname", SourceFailure.SourceInvalid,
            "a folder of the revision has an entry with a slash in its name; commit it anew with a git that makes folders of them"),
        ("not a git repository", SourceFailure.SourceMissing, "there is no git repository at that address"),
        ("not allowed", SourceFailure.SourceInvalid, "only file, ssh and https sources are accepted"),
    ];

    internal static (SourceFailure Failure, string Text) Explain(string standardError, SourceOptions options)
    {
        var text = Scrub(standardError).Trim();
        if (SshErrorText.Explain(text, options) is { } ssh)
            return ssh;
        if (text.Contains("the built-in git", StringComparison.Ordinal))
            return (SourceFailure.GitMissing, Cause(SshErrorText.WithoutChatter(text)));
        if (GitObjectFaults.Explain(text) is { } fault)
            return (SourceFailure.SourceInvalid, fault);
        if (HttpsCredentials.Explain(text, options) is { } refused)
            return (SourceFailure.AuthFailed, refused);
        if (ConnectionErrorText.Explain(text, options) is { } connection)
            return connection;
        foreach (var (needle, failure, advice) in Known)
        {
            if (text.Contains(needle, StringComparison.Ordinal))
                return (failure, advice);
        }

        return (SourceFailure.FetchFailed, Cause(SshErrorText.WithoutChatter(text)));
    }

    /// <summary>Removes credentials from addresses.</summary>
    internal static string Scrub(string text) => AddressText.WithoutCredentials(text);

    /// <summary>git's fatal error, or its last line; where that says only that nothing could be read, the line before it.</summary>
    private static string Cause(string[] lines)
    {
        var last = Array.FindIndex(lines, line => line.StartsWith("fatal: ", StringComparison.Ordinal));
        var line = last < 0 ? lines.LastOrDefault() ?? "git failed" : lines[last]["fatal: ".Length..];
        if (line == NoRead)
            line = lines[..last].LastOrDefault(before => !before.StartsWith("warning: ", StringComparison.OrdinalIgnoreCase))
                ?? "the server hung up without a word";
        return line.Length > 300 ? line[..300] + "…" : line;
    }
}
