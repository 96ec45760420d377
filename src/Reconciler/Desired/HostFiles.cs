using System.Collections.Immutable;

namespace ModelOps.Reconciler.Desired;

/// <summary>The part of this machine's files that a managed Modelfile may name.</summary>
internal sealed class HostFiles(ImmutableArray<string> allowed)
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

    /// <summary>The file itself, or the model files of a folder; empty when there is neither.</summary>
    internal static ImmutableArray<HostFile> Find(string path)
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
