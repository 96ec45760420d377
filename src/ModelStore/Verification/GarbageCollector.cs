using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Verification;

/// <summary>
/// Finds and removes what no model needs. Never runs beside a build or pull, and never removes a blob while a manifest cannot be read.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="time">Clock, to compute ages.</param>
public sealed class GarbageCollector(LocalStore store, TimeProvider time)
{
    private const string Partial = "-partial";

    /// <summary>What a server does when it starts: names of old stores are put right, broken-off writes and old unused blobs go.</summary>
    /// <param name="options">What may go; null only puts names right.</param>
    public GarbageReport PruneAtStart(GarbageOptions? options)
    {
        foreach (var path in Directory.EnumerateFiles(store.Blobs.Folder, "sha256:*").ToArray())
            File.Move(path, Path.Combine(store.Blobs.Folder, "sha256-" + Path.GetFileName(path)["sha256:".Length..]), overwrite: true);

        if (options is null)
            return new GarbageReport([], Removed: false, "");
        var report = Collect(options);
        store.Manifests.RemoveEmptyFolders();
        return report;
    }

    /// <summary>Finds garbage, and removes it unless this is a dry run.</summary>
    public GarbageReport Collect(GarbageOptions options)
    {
        using var alone = options.DryRun ? null : store.TryLockAlone();
        if (alone is null && !options.DryRun)
            return new GarbageReport([], Removed: false, "a pull, a build or another collection is running");

        var references = BlobReferences.Of(store.Manifests);
        var items = Directory.EnumerateFiles(store.Blobs.Folder)
            .Concat(Directory.EnumerateFiles(store.Folder, DurableFile.TemporaryPrefix + "*"))
            .Order(StringComparer.Ordinal)
            .Select(path => Judge(new FileInfo(path), references, options))
            .OfType<GarbageItem>()
            .ToImmutableArray();
        if (!options.DryRun)
            items = [.. items.Where(TryDelete)];
        var reason = references.Unreadable.Count > 0 ? $"unused blobs stay, because {references.Unreadable[0]} cannot be read" : "";
        return new GarbageReport(items, Removed: !options.DryRun, reason);
    }

    private GarbageItem? Judge(FileInfo file, BlobReferences references, GarbageOptions options)
    {
        if (!file.Exists)
            return null;
        var age = time.GetUtcNow() - new DateTimeOffset(file.LastWriteTimeUtc);
        if (Digest.TryParse(file.Name, out var digest))
        {
            var unused = references.Unreadable.Count == 0 && !references.Blobs.Contains(digest);
            return unused && age > options.Grace ? new(GarbageKind.UnusedBlob, file.FullName, file.Length) : null;
        }

        if (IsTemporary(file.Name))
            return age > options.Grace ? new(GarbageKind.Temporary, file.FullName, file.Length) : null;
        return IsPartial(file.Name) && age > options.PartialRetention
            ? new(GarbageKind.AbandonedDownload, file.FullName, file.Length)
            : null;
    }

    // Ours, and those of the reference: "sha256-" and a random number, which is not a digest.
    private static bool IsTemporary(string name) =>
        name.StartsWith(DurableFile.TemporaryPrefix, StringComparison.Ordinal)
        || (name.StartsWith("sha256-", StringComparison.Ordinal)
            && name.Length is > 7 and < 30
            && name.AsSpan(7).IndexOfAnyExceptInRange('0', '9') < 0);

    private static bool IsPartial(string name) =>
        name.StartsWith("sha256-", StringComparison.Ordinal) && name.Contains(Partial, StringComparison.Ordinal);

    private static bool TryDelete(GarbageItem item)
    {
        try
        {
            File.Delete(item.Path);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
