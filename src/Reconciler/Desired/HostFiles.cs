using System.Collections.Immutable;

namespace ModelOps.Reconciler.Desired;

/// <summary>The part of this machine's files that a managed Modelfile may name.</summary>
/// <param name="allowed">Folders that files may be named in.</param>
/// <param name="takenIn">The files of a path as they were taken in before; empty when they never were. Null when nothing is
/// remembered.</param>
internal sealed class HostFiles(ImmutableArray<string> allowed, Func<string, ImmutableArray<HostFile>>? takenIn = null)
{
    /// <summary>Nothing of the machine may be named.</summary>
    internal static HostFiles None { get; } = new([]);

    internal bool Allows(string path)
    {
        var full = Path.GetFullPath(path);
        if (!allowed.Any(folder => IsBelow(full, folder)))
            return false;
        var real = File.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
        return allowed.Any(folder => IsBelow(real, folder));
    }

    /// <summary>
    /// The file itself, or the model files of a folder, as they were taken in before, else as they are; empty when there is neither.
    /// </summary>
    internal ImmutableArray<HostFile> Find(string path) => takenIn?.Invoke(path) is { IsEmpty: false } known ? known : FindNow(path);

    /// <summary>Whether a file is on the disk as it was taken in.</summary>
    internal static bool IsUnchanged(HostFile file) =>
        File.Exists(file.Path) && Describe(file.Path) == file with { IsTakenIn = false };

    /// <summary>The file itself, or the model files of a folder, as they are; empty when there is neither.</summary>
    internal static ImmutableArray<HostFile> FindNow(string path)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
            return [.. Directory.EnumerateFiles(full, "*.gguf").Order(StringComparer.Ordinal).Select(Describe)];
        return File.Exists(full) ? [Describe(full)] : [];
    }

    private static HostFile Describe(string path)
    {
        var file = new FileInfo(path);
        return new HostFile(path, file.Length, file.LastWriteTimeUtc.Ticks);
    }

    private static bool IsBelow(string path, string folder)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return path == root || path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }
}
