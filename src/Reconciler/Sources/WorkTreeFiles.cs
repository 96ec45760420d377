using System.Collections.Immutable;
using System.Text;

namespace ModelOps.Reconciler.Sources;

/// <summary>What a file of a work tree is to git.</summary>
internal enum WorkTreeEntryKind
{
    /// <summary>Tracked, or new and not ignored.</summary>
    File,

    /// <summary>A submodule, or a repository of its own that would become one.</summary>
    Submodule,

    /// <summary>Its name is not UTF-8; the path is how it can be shown.</summary>
    UnreadableName,
}

/// <summary>One entry of a work tree, relative to the folder that was asked for.</summary>
internal readonly record struct WorkTreeEntry(string Path, WorkTreeEntryKind Kind);

/// <summary>The files of a work tree that would be in its next commit: what is tracked, and what is new and not ignored.</summary>
public static class WorkTreeFiles
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // What a repository's own configuration could run is turned off on the command line, which nothing overrides.
    private static readonly string[] s_safe = ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"];

    /// <summary>
    /// Paths of a folder's files, relative to it, in order; null where no work tree of git is around it, so that all files count.
    /// </summary>
    /// <exception cref="GitSourceException">git cannot be started, or the repository cannot be read.</exception>
    public static async Task<ImmutableArray<string>?> ListAsync(
        string folder, GitEngine? engine, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!IsInRepository(folder))
            return null;
        using var git = new LocalGit(new SourceOptions { Location = folder, Git = engine }, time);
        return await ListAsync(folder, git.Program, cancellationToken) is { } entries
            ? [.. entries.Where(entry => entry.Kind == WorkTreeEntryKind.File).Select(entry => entry.Path).Order(StringComparer.Ordinal)]
            : null;
    }

    internal static async Task<List<WorkTreeEntry>?> ListAsync(string folder, GitProgram git, CancellationToken cancellationToken)
    {
        if (!IsInRepository(folder))
            return null;
        string[] at = ["-C", folder, .. s_safe];
        var inside = await git.RunAsync([.. at, "rev-parse", "--is-inside-work-tree"], cancellationToken);
        if (inside.ExitCode != 0 || inside.Text.Trim() != "true")
            return null;
        var tracked = Split((await git.RequireAsync([.. at, "ls-files", "-z", "--stage", "--cached"], cancellationToken)).Bytes);

        // A folder that is ignored as a whole is served as it is: a user who names it means it.
        if (tracked.Count == 0 && (await git.RunAsync([.. at, "check-ignore", "--quiet", "--", "."], cancellationToken)).ExitCode == 0)
            return null;
        string[] ignore = GitProgram.UserIgnoreFile is { } ignored ? ["-c", "core.excludesFile=" + ignored] : [];
        var untracked = Split((await git.RequireAsync(
            [.. at, .. ignore, "ls-files", "-z", "--others", "--exclude-standard"], cancellationToken)).Bytes);
        return [.. tracked.Select(Tracked).Concat(untracked.Select(Untracked)).DistinctBy(entry => entry.Path)];
    }

    /// <summary>Whether git is worth asking: where no folder on the way up has a <c>.git</c>, it is not needed.</summary>
    private static bool IsInRepository(string folder) => WorkTreeTop.Of(folder) is not null;

    private static List<byte[]> Split(byte[] listing)
    {
        var entries = new List<byte[]>();
        for (var start = 0; start < listing.Length;)
        {
            var end = Array.IndexOf(listing, (byte)0, start);
            end = end < 0 ? listing.Length : end;
            entries.Add(listing[start..end]);
            start = end + 1;
        }

        return entries;
    }

    /// <summary><c>mode id stage TAB path</c>.</summary>
    private static WorkTreeEntry Tracked(byte[] entry)
    {
        var tab = Array.IndexOf(entry, (byte)'\t');
        return Named(entry.AsSpan(tab + 1), entry.AsSpan().StartsWith("160000 "u8) ? WorkTreeEntryKind.Submodule : WorkTreeEntryKind.File);
    }

    /// <summary>A path; with a slash at its end it is a repository within this one.</summary>
    private static WorkTreeEntry Untracked(byte[] path) =>
        path[^1] == '/' ? Named(path.AsSpan(..^1), WorkTreeEntryKind.Submodule) : Named(path, WorkTreeEntryKind.File);

    private static WorkTreeEntry Named(ReadOnlySpan<byte> path, WorkTreeEntryKind kind)
    {
        try
        {
            return new WorkTreeEntry(s_strict.GetString(path), kind);
        }
        catch (DecoderFallbackException)
        {
            return new WorkTreeEntry(Encoding.Latin1.GetString(path), WorkTreeEntryKind.UnreadableName);
        }
    }
}
