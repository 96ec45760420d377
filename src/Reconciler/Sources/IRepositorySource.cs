namespace ModelOps.Reconciler.Sources;

/// <summary>Where revisions come from. One caller at a time.</summary>
internal interface IRepositorySource
{
    /// <summary>Address for people, without credentials.</summary>
    string Display { get; }

    /// <summary>The newest revision there is; cheap, and fetches nothing.</summary>
    /// <exception cref="GitSourceException">The source cannot be reached.</exception>
    Task<string> FindTipAsync(CancellationToken cancellationToken);

    /// <summary>Makes the newest revision readable here and returns which one that is.</summary>
    /// <exception cref="GitSourceException">The source cannot be reached.</exception>
    Task<string> FetchAsync(CancellationToken cancellationToken);

    /// <summary>Whether <paramref name="revision"/> has <paramref name="ancestor"/> in its history (or is it).</summary>
    Task<bool> DescendsAsync(string revision, string ancestor, CancellationToken cancellationToken);

    /// <summary>Keeps a revision readable even when the source forgets it.</summary>
    Task KeepAsync(string revision, CancellationToken cancellationToken);

    /// <summary>Opens a revision that was fetched before; needs no network.</summary>
    /// <exception cref="GitSourceException">It is not here.</exception>
    Task<IRevisionTree> OpenAsync(string revision, CancellationToken cancellationToken);
}
