using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Storage;

/// <summary>Removes blobs that no manifest mentions, and never while blobs are being made for a manifest that is not written yet.</summary>
internal sealed partial class UnusedBlobs(BlobStore blobs, ManifestFolder manifests, StoreLock storeLock, ILogger logger)
{
    private readonly ConcurrentDictionary<Digest, bool> _leftOver = new();

    /// <summary>Keeps every removal away until it is disposed. What should have been removed meanwhile is removed then.</summary>
    public IDisposable Hold() => new BlobHold(this, storeLock.Share());

    /// <summary>
    /// Removes those of some blobs that no manifest mentions. What cannot be removed now is tried again after the next build.
    /// </summary>
    public void Remove(IEnumerable<Digest> candidates)
    {
        var wanted = candidates.Where(blobs.Has).ToArray();
        if (wanted.Length == 0)
            return;

        using var alone = storeLock.TryAlone();
        if (alone is null)
        {
            foreach (var digest in wanted)
                _leftOver[digest] = true;
            return;
        }

        var references = BlobReferences.Of(manifests);
        if (references.Unreadable.Count > 0)
        {
            LogNothingRemoved(references.Unreadable[0]);
            return;
        }

        foreach (var digest in wanted.Where(digest => !references.Blobs.Contains(digest)))
            TryDelete(blobs.PathOf(digest));
    }

    private void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogNotDeleted(path, error.Message);
        }
    }

    private void RemoveLeftOver()
    {
        if (_leftOver.IsEmpty)
            return;
        var digests = _leftOver.Keys.ToImmutableArray();
        foreach (var digest in digests)
            _leftOver.TryRemove(digest, out _);
        Remove(digests);
    }

    [LoggerMessage(LogLevel.Warning, "Unused blobs stay, because the manifest {Path} cannot be read")]
    private partial void LogNothingRemoved(string path);

    [LoggerMessage(LogLevel.Warning, "The unused file {Path} stays: {Reason}")]
    private partial void LogNotDeleted(string path, string reason);

    private sealed class BlobHold(UnusedBlobs unused, IDisposable? held) : IDisposable
    {
        private IDisposable? _held = held;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _held, null) is not { } one)
                return;
            one.Dispose();
            unused.RemoveLeftOver();
        }
    }
}
