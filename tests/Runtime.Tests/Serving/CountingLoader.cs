using System.Collections.Concurrent;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Tests.Serving;

/// <summary>The real loader; remembers what it was asked for.</summary>
internal sealed class CountingLoader(IEngineLoader inner) : IEngineLoader
{
    private readonly ConcurrentQueue<LoadProfile> _loads = new();

    internal int Loads => _loads.Count;

    /// <summary>Different weights that were loaded.</summary>
    internal IEnumerable<string> Weights => _loads.Select(load => load.Weights).Distinct();

    public Task<IEngine> LoadAsync(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        _loads.Enqueue(profile);
        return inner.LoadAsync(profile, progress, cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
