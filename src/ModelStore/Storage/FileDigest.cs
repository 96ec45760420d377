using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Storage;

/// <summary>Digests of whole files, at the speed of the hash: the next piece is read while one is hashed.</summary>
public static class FileDigest
{
    /// <summary>Hashes a file as it is now.</summary>
    /// <param name="path">The file.</param>
    /// <param name="done">Receives how many bytes are done, from time to time; may be null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static async Task<Digest> OfAsync(string path, Action<long>? done, CancellationToken cancellationToken)
    {
        using var file = RegularFile.Open(path);
        return (await PipelinedCopy.RunAsync(file, target: null, done, cancellationToken)).Digest;
    }
}
