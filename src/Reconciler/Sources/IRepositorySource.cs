using System.Collections.Immutable;

namespace ModelOps.Reconciler.Sources;

/// <summary>Where revisions come from. One caller at a time.</summary>
internal interface IRepositorySource
{
    /// <summary>Address for people, without credentials.</summary>
    string Display { get; }

    /// <summary>A work tree on this machine, whose history its own user rewrites at will.</summary>
    bool IsWorkTree => false;

    /// <summary>Which git reads it, for people; empty where none is needed.</summary>
    string Git => "";

    /// <summary>What becomes of large files; null where nothing is fetched, or nothing was yet.</summary>
    LargeFileTransfer? LargeFiles => null;

    /// <summary>The address that answered last, for people: one of several.</summary>
    string Remote => Display;

    /// <summary>The newest revision there is; cheap, and fetches nothing.</summary>
    /// <exception cref="GitSourceException">The source cannot be reached.</exception>
    Task<string> FindTipAsync(CancellationToken cancellationToken);

    /// <summary>Makes a revision that was found readable here. Returns the newest one, which may have come since.</summary>
    /// <exception cref="GitSourceException">The source cannot be reached.</exception>
    Task<string> FetchAsync(string tip, CancellationToken cancellationToken);

    /// <summary>Whether <paramref name="revision"/> has <paramref name="ancestor"/> in its history (or is it).</summary>
    Task<bool> DescendsAsync(string revision, string ancestor, CancellationToken cancellationToken);

    /// <summary>
    /// The commits in the history of <paramref name="revision"/> that are not in that of <paramref name="after"/>, from the newest on.
    /// </summary>
    /// <param name="revision">Newest commit.</param>
    /// <param name="after">A commit whose history is left out, with itself; null for none.</param>
    /// <param name="most">No more than so many are returned.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GitSourceException">One of them is not here.</exception>
    Task<ImmutableArray<string>> HistoryAsync(string revision, string? after, int most, CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableArray<string>.Empty);

    /// <summary>The bytes of commits, as they were made, in the order asked for; none where the source has no commits.</summary>
    /// <exception cref="GitSourceException">One of them is not here.</exception>
    Task<ImmutableArray<byte[]>> CommitsAsync(ImmutableArray<string> commits, CancellationToken cancellationToken) =>
        Task.FromResult(ImmutableArray<byte[]>.Empty);

    /// <summary>Keeps a revision readable even when the source forgets it.</summary>
    Task KeepAsync(string revision, CancellationToken cancellationToken);

    /// <summary>Opens a revision that was fetched before; needs no network.</summary>
    /// <exception cref="GitSourceException">It is not here.</exception>
    Task<IRevisionTree> OpenAsync(string revision, CancellationToken cancellationToken);
}

/// <summary>What callers do who do not look before they fetch.</summary>
internal static class RepositorySourceExtensions
{
    /// <summary>Finds the newest revision and makes it readable here.</summary>
    /// <exception cref="GitSourceException">The source cannot be reached.</exception>
    internal static async Task<string> FetchNewestAsync(this IRepositorySource source, CancellationToken cancellationToken) =>
        await source.FetchAsync(await source.FindTipAsync(cancellationToken), cancellationToken);
}
