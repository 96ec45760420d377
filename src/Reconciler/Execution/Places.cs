namespace ModelOps.Reconciler.Execution;

/// <summary>
/// How much of the heavy work goes on at once, in the order of asking. Each kind has its own places, so that what waits for a server keeps
/// nothing from being built, and what takes long to load does not either.
/// </summary>
/// <param name="parallelism">Models that are built, and models that are brought into memory, at once.</param>
internal sealed class Places(int parallelism) : IDisposable
{
    /// <summary>Models that are fetched at once.</summary>
    internal const int Fetching = 16;

    private readonly SemaphoreSlim _fetching = new(Fetching);
    private readonly SemaphoreSlim _building = new(parallelism);
    private readonly SemaphoreSlim _loading = new(parallelism);

    public void Dispose()
    {
        _fetching.Dispose();
        _building.Dispose();
        _loading.Dispose();
    }

    /// <summary>A place to wait for a server, until it is given back.</summary>
    internal Task<IDisposable> FetchAsync(CancellationToken cancellationToken) => TakeAsync(_fetching, cancellationToken);

    /// <summary>A place to make a build.</summary>
    internal Task<IDisposable> BuildAsync(CancellationToken cancellationToken) => TakeAsync(_building, cancellationToken);

    /// <summary>A place to have a build in memory beside what serves.</summary>
    internal Task<IDisposable> LoadAsync(CancellationToken cancellationToken) => TakeAsync(_loading, cancellationToken);

    private static async Task<IDisposable> TakeAsync(SemaphoreSlim places, CancellationToken cancellationToken)
    {
        await places.WaitAsync(cancellationToken);
        return new Place(places);
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private bool _isGiven;

        public void Dispose()
        {
            if (!_isGiven)
                places.Release();
            _isGiven = true;
        }
    }
}
