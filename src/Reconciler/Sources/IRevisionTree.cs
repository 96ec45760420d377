using System.Collections.Frozen;
using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Sources.Lfs;

namespace ModelOps.Reconciler.Sources;

/// <summary>One file of a revision.</summary>
/// <param name="Path">Relative to the served folder, with <c>/</c>.</param>
/// <param name="ObjectId">Identity of the content: equal ids, equal bytes.</param>
/// <param name="Size">Bytes.</param>
public sealed record RevisionFile(string Path, string ObjectId, long Size)
{
    /// <summary>
    /// The repository has only a pointer of git LFS; <see cref="ObjectId"/> is the digest of what it stands for, with its algorithm, and
    /// <see cref="Size"/> the size of that.
    /// </summary>
    public bool IsInLfs { get; init; }

    /// <summary>
    /// It was not fetched; <see cref="Size"/> is the least that it has, and its content is brought when it is asked for.
    /// </summary>
    public bool IsAbsent { get; init; }

    /// <summary>Where the file itself lies, relative to the served folder, when <see cref="Path"/> leads there over links.</summary>
    public string? LeadsTo { get; init; }
}

/// <summary>The files of one revision, read from the object store, never from a checkout.</summary>
public interface IRevisionTree
{
    /// <summary>What is known of the revision itself.</summary>
    RevisionFacts Facts { get; }

    /// <summary>Put before a path to name it as the repository does; empty or ends with <c>/</c>.</summary>
    string Prefix { get; }

    /// <summary>All regular files by path, ordinal.</summary>
    FrozenDictionary<string, RevisionFile> Files { get; }

    /// <summary>What is wrong with the tree itself (rules RP1xxx).</summary>
    ImmutableArray<Diagnostic> Problems { get; }

    /// <summary>Brings files that lie in git LFS; null where nothing does.</summary>
    internal LfsFiles? LargeFiles => null;

    /// <summary>Where a file lies on this disk; null when it lies in git alone.</summary>
    string? PathOf(RevisionFile file);

    /// <summary>Reads small files, in the order asked for.</summary>
    Task<ImmutableArray<byte[]>> ReadAsync(ImmutableArray<RevisionFile> files, CancellationToken cancellationToken);

    /// <summary>Hands the content of one file, of any size, to a reader. One that is not here is brought first, which takes time.</summary>
    Task StreamAsync(RevisionFile file, Func<Stream, CancellationToken, Task> read, CancellationToken cancellationToken);
}

/// <summary>Who made a revision, and when.</summary>
/// <param name="Revision">Full id.</param>
/// <param name="Author">Name of the author; empty for a plain folder.</param>
/// <param name="Subject">First line of the message; empty for a plain folder.</param>
/// <param name="CommittedAt">Commit time; null for a plain folder.</param>
public sealed record RevisionFacts(string Revision, string Author, string Subject, DateTimeOffset? CommittedAt);
