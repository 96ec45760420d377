using ModelOps.ModelStore.Import;
using ModelOps.ModelStore.Native;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Reconciler.Sources.Lfs;

/// <summary>The LFS objects of a repository on this disk.</summary>
internal static class LfsObjects
{
    /// <summary>The digits of a file's digest.</summary>
    internal static string Hex(RevisionFile file) => file.ObjectId[(file.ObjectId.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>Path of an object; null when the repository does not have it.</summary>
    internal static string? Find(string repository, string hex)
    {
        foreach (var folder in Folders(repository))
        {
            var path = Path.Combine(folder, "lfs", "objects", hex[..2], hex[2..4], hex);
            if (File.Exists(path))
                return path;
        }

        return null;
    }

    /// <summary>Takes an object into the store; null when what lies there is not what its name says.</summary>
    internal static async Task<BlobWritten?> TakeAsync(
        string path, RevisionFile file, LfsStore into, CancellationToken cancellationToken)
    {
        if (RegularFile.OtherKindOf(path) is not null || new FileInfo(path).Length != file.Size)
            return null;
        var written = await new WeightsImport(into.Store).ImportAsync(path, link: false, done: null, cancellationToken);
        return written.Digest.ToString() == file.ObjectId ? written : null;
    }

    /// <summary>The folder itself when it is bare, else its <c>.git</c>, or what that points to.</summary>
    private static IEnumerable<string> Folders(string repository)
    {
        yield return repository;
        var inner = Path.Combine(repository, ".git");
        yield return inner;
        if (!File.Exists(inner) || RegularFile.OtherKindOf(inner) is not null)
            yield break;
        const string Points = "gitdir: ";
        var line = File.ReadLines(inner).FirstOrDefault() ?? "";
        if (!line.StartsWith(Points, StringComparison.Ordinal))
            yield break;
        var linked = Path.GetFullPath(Path.Combine(repository, line[Points.Length..].Trim()));
        yield return linked;
        var common = Path.Combine(linked, "commondir");
        if (File.Exists(common))
            yield return Path.GetFullPath(Path.Combine(linked, (File.ReadLines(common).FirstOrDefault() ?? "").Trim()));
    }
}
