using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Storage;

/// <summary>Which blobs the manifests of a store mention.</summary>
/// <param name="Blobs">Every digest that is mentioned.</param>
/// <param name="Unreadable">Manifest files that could not be understood: as long as there is one, the unused blobs are unknown.</param>
internal sealed record BlobReferences(IReadOnlySet<Digest> Blobs, IReadOnlyList<string> Unreadable)
{
    public static BlobReferences Of(ManifestFolder manifests)
    {
        var blobs = new HashSet<Digest>();
        var unreadable = new List<string>();
        foreach (var (path, _) in manifests.Files())
        {
            try
            {
                blobs.UnionWith(ManifestJson.Read(RegularFile.ReadAllBytes(path)).Blobs);
            }
            catch (FileNotFoundException)
            {
                // Deleted since it was listed.
            }
            catch (Exception error) when (error is FormatException or IOException or UnauthorizedAccessException)
            {
                unreadable.Add(path);
            }
        }

        return new BlobReferences(blobs, unreadable);
    }
}
