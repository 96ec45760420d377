using System.Collections.Concurrent;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Gguf;
using ModelOps.Reconciler.Sources;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Desired;

/// <summary>
/// What the header of a file of weights says: why it cannot be used (null when it can), and its architecture (empty when unknown).
/// </summary>
internal sealed record WeightsVerdict(string? Problem, string Architecture)
{
    /// <summary>What the file says of itself; null when it was not read.</summary>
    internal GgufFacts? Facts { get; private init; }

    /// <summary>What it needs memory for; null when it was not read.</summary>
    internal ModelGeometry? Geometry { get; private init; }

    internal static WeightsVerdict Of(GgufFile file) => new(Problem: null, file.Architecture)
    {
        Facts = GgufFacts.Of(file),
        Geometry = ModelGeometry.Of(file),
    };
}

/// <summary>Weights whose header was read.</summary>
/// <param name="Identity">Equal for the same content.</param>
/// <param name="Facts">What they say of themselves.</param>
/// <param name="Geometry">What they need memory for.</param>
internal sealed record PinnedWeights(string Identity, GgufFacts Facts, ModelGeometry Geometry);

/// <summary>Looks into the headers of weights. What was looked into once is remembered by its content.</summary>
/// <param name="stored">Where content lies already, by its identity; null when it does not.</param>
internal sealed class WeightsLook(Func<string, string?> stored)
{
    private const int MostKnown = 2000;

    /// <summary>What pinned models must fit into together; null judges none by that.</summary>
    internal HostOptions? Capacity { get; init; }

    private readonly ConcurrentDictionary<string, WeightsVerdict> _known = new(StringComparer.Ordinal);

    internal async Task<WeightsVerdict> OfAsync(IRevisionTree tree, RevisionFile file, CancellationToken cancellationToken)
    {
        var name = file.Path[(file.Path.LastIndexOf('/') + 1)..];
        var key = $"{file.ObjectId} {name}";
        if (_known.TryGetValue(key, out var known))
            return known;
        if (_known.Count >= MostKnown)
            _known.Clear();

        // What lies in git LFS, or on the server alone, is looked at when it is here; the build looks anyway.
        if (file.IsInLfs || file.IsAbsent)
            return stored(file.ObjectId) is { } fetched ? _known[key] = Of(fetched, name) : new WeightsVerdict(Problem: null, "");
        return _known[key] = (tree.PathOf(file) ?? stored(file.ObjectId)) is { } path
            ? Of(path, name)
            : await StreamedAsync(tree, file, name, cancellationToken);
    }

    internal static WeightsVerdict Of(string path, string name)
    {
        try
        {
            return WeightsVerdict.Of(WeightsCheck.Read(path, name));
        }
        catch (StoreException error)
        {
            return new WeightsVerdict(error.Message, "");
        }
    }

    private static async Task<WeightsVerdict> StreamedAsync(
        IRevisionTree tree, RevisionFile file, string name, CancellationToken cancellationToken)
    {
        var verdict = new WeightsVerdict(Problem: null, "");
        await tree.StreamAsync(
            file,
            async (content, token) =>
            {
                try
                {
                    verdict = await WeightsCheck.ReadAsync(content, file.Size, name, WeightsVerdict.Of, token);
                }
                catch (StoreException error)
                {
                    verdict = new WeightsVerdict(error.Message, "");
                }
            },
            cancellationToken);
        return verdict;
    }
}
