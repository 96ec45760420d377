using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Loading;

/// <summary>Keeps one copy of each set of weights for all engines on it, and frees it with the last of them.</summary>
internal sealed class SharedWeights
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Key, Entry> _entries = [];

    internal static bool IsSameCopy(LoadProfile one, LoadProfile other) => Key.Of(one) == Key.Of(other);

    /// <summary>Loads the weights of a profile, or joins those in memory. Release with <see cref="Release"/>.</summary>
    internal Weights Acquire(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        var key = Key.Of(profile);
        lock (_gate)
        {
            if (_entries.TryGetValue(key, out var known))
            {
                known.Users++;
                progress?.Report(1f);
                return known.Weights;
            }

            var weights = Weights.Load(profile, progress, cancellationToken);
            _entries.Add(key, new Entry(weights) { Users = 1 });
            return weights;
        }
    }

    internal void Release(LoadProfile profile)
    {
        lock (_gate)
        {
            var key = Key.Of(profile);
            var entry = _entries[key];
            if (--entry.Users > 0)
                return;

            _entries.Remove(key);
            entry.Weights.Dispose();
        }
    }

    private sealed record Key(string Path, int GpuLayers, int? MainGpu, bool? UseMmap)
    {
        internal static Key Of(LoadProfile profile) => new(profile.Weights, profile.GpuLayers, profile.MainGpu, profile.UseMmap);
    }

    private sealed class Entry(Weights weights)
    {
        internal Weights Weights => weights;

        internal int Users { get; set; }
    }
}
