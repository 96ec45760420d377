using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Building;

/// <summary>Fetches a model that a build starts from and that is not in the store.</summary>
public interface IModelPuller
{
    /// <summary>Returns when the model is in the store. Its progress lines, <c>success</c> too, become part of the build's.</summary>
    Task PullAsync(ModelName name, Action<ProgressLine> progress, CancellationToken cancellationToken);

    /// <summary>Fetches a file of a web server as a blob, resumable as a pull is.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="pin">What it must be; null to take what comes.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellationToken">Ends it; the next call resumes.</param>
    /// <exception cref="StoreException">It failed, or nothing here fetches files.</exception>
    Task<BlobWritten> FetchFileAsync(Uri address, Digest? pin, Action<ProgressLine> progress, CancellationToken cancellationToken) =>
        throw StoreException.Invalid($"{address} cannot be fetched here", address.ToString());

    /// <summary>Fetches a blob of which digest and size are known, in parts and resumable as a pull is.</summary>
    /// <param name="digest">What it must be.</param>
    /// <param name="size">Its bytes, at least 1.</param>
    /// <param name="openAsync">Asks for the bytes from one position to another, both included.</param>
    /// <param name="cancellationToken">Ends it; the next call resumes.</param>
    /// <exception cref="StoreException">It failed, or nothing here fetches files.</exception>
    Task<BlobWritten> FetchBlobAsync(
        Digest digest, long size, Func<long, long, CancellationToken, Task<HttpResponseMessage>> openAsync,
        CancellationToken cancellationToken) =>
        throw StoreException.Invalid($"{digest} cannot be fetched here", digest.ToString());
}
