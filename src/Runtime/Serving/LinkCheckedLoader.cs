using ModelOps.ModelStore;
using ModelOps.ModelStore.Import;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Serving;

/// <summary>
/// Checks blobs that are links to files of the user before they are loaded: a file that was edited must not be served under the old
/// digest.
/// </summary>
/// <param name="inner">Loads; not disposed here.</param>
/// <param name="store">Where the blobs lie.</param>
internal sealed class LinkCheckedLoader(IEngineLoader inner, LocalStore store) : IEngineLoader
{
    private readonly LinkedBlobs _links = new(store);

    /// <inheritdoc/>
    public async Task<IEngine> LoadAsync(LoadProfile profile, IProgress<float>? progress, CancellationToken cancellationToken)
    {
        foreach (var path in profile.Adapters.Select(adapter => adapter.Path).Prepend(profile.Weights))
        {
            if (!Digest.TryParse(Path.GetFileName(path), out var digest) || store.Blobs.PathOf(digest) != path)
                continue;
            try
            {
                await _links.CheckAsync(digest, cancellationToken);
            }
            catch (StoreException error)
            {
                throw new EngineFailedException(error.Message, error);
            }
        }

        return await inner.LoadAsync(profile, progress, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => default;
}
