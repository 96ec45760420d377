using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.Sources;

/// <summary>What of a repository is followed, as git's verbs want it.</summary>
/// <param name="Name">Reference of the remote; empty for a pinned commit.</param>
/// <param name="Commit">The pinned commit, or null.</param>
/// <param name="Missing">What to say when it is not there.</param>
internal sealed record SourceReference(string Name, string? Commit, string Missing)
{
    /// <summary>What a peeled tag is called in a list of references.</summary>
    internal string Peeled => Name + "^{}";

    /// <summary>Reads the operator's choice.</summary>
    /// <exception cref="GitSourceException">It is not a name that git takes, or there is more than one.</exception>
    internal static SourceReference Of(SourceOptions options)
    {
        if (new[] { options.Branch, options.Tag, options.Commit }.Count(choice => choice is not null) > 1)
            throw Invalid(options, "a branch, a tag and a commit exclude each other; give one of them");
        if (options.Commit is { } commit)
        {
            return commit.Length is 40 or 64 && commit.All(char.IsAsciiHexDigitLower)
                ? new SourceReference("", commit, $"there is no commit {commit} in any branch or tag")
                : throw Invalid(options, $"{SafeText.ForLine(commit)}: a pinned commit is its whole id, 40 or 64 hexadecimal digits");
        }

        if (options.Tag is { } tag)
            return new SourceReference(Full(options, tag, "refs/tags/", "tag"), Commit: null, $"there is no tag {tag}");
        return options.Branch is { } branch
            ? new SourceReference(Full(options, branch, "refs/heads/", "branch"), Commit: null, $"there is no branch {branch}")
            : new SourceReference("HEAD", Commit: null, "there is no commit yet");
    }

    private static string Full(SourceOptions options, string name, string space, string kind)
    {
        var valid = name.Length is > 0 and <= 255
            && name[0] is not ('-' or '/' or '.')
            && !name.Contains("..", StringComparison.Ordinal)
            && !name.Contains("@{", StringComparison.Ordinal)
            && !name.EndsWith(".lock", StringComparison.Ordinal)
            && name[^1] is not ('/' or '.')
            && !name.Any(c => c <= ' ' || c == 127 || "~^:?*[\\".Contains(c, StringComparison.Ordinal));
        return !valid ? throw Invalid(options, $"{SafeText.ForLine(name)}: not a valid {kind} name")
            : name.StartsWith("refs/", StringComparison.Ordinal) ? name : space + name;
    }

    private static GitSourceException Invalid(SourceOptions options, string message) =>
        new(AddressText.OfUntrusted(options.Location), SourceFailure.SourceInvalid, message);
}
