using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Import;

/// <summary>What the disk has at an argument of FROM, ADAPTER or DRAFT. Spec: modelfile-and-store.md 1.4 and 1.5.</summary>
/// <param name="folder">Folder of the Modelfile, absolute.</param>
/// <param name="currentFolder">Folder of the process, absolute.</param>
/// <param name="homeOf">Home of a user, of the current one for <c>""</c>; null when there is no such user.</param>
public sealed class LocalFiles(string folder, string currentFolder, Func<string, string?> homeOf)
{
    private const string Nothing = "no Modelfile or safetensors files found";

    // Weights in other formats, in the order in which the reference looks for them.
    private static readonly string[] OtherFormats =
        ["model*.safetensors", "consolidated*.safetensors", "pytorch_model*.bin", "consolidated*.pth"];

    /// <summary>Looks an argument up; for <see cref="CreateInputs.Of"/>.</summary>
    public PathContent LookUp(string argument)
    {
        if (ArgumentPath.Expand(argument, folder, currentFolder, homeOf, out var error) is not { } path)
            return new PathContent.Unusable(error!);
        if (File.Exists(path) && RegularFile.OtherKindOf(path) is { } other)
            return new PathContent.Unusable($"{path} is {other}; only regular files are read");
        if (File.Exists(path))
            return new PathContent.Files(RealPath.Of(path), [path]);
        return Directory.Exists(path) ? InFolder(path) : new PathContent.Missing(path);
    }

    /// <summary>The deepest folder that holds all files, which are named in it by their rest.</summary>
    /// <param name="files">At least one absolute path.</param>
    public static string CommonFolder(IReadOnlyList<string> files)
    {
        var common = Path.GetDirectoryName(files[0])!;
        while (!files.All(file => file.StartsWith(common.TrimEnd('/') + "/", StringComparison.Ordinal)))
            common = Path.GetDirectoryName(common) ?? "/";
        return common;
    }

    private static PathContent InFolder(string path)
    {
        var real = RealPath.Of(path);
        if (OtherFormats.FirstOrDefault(pattern => Find(real, pattern).Length > 0) is { } other && Find(real, "*.gguf").Length == 0)
        {
            return new PathContent.Unusable(
                $"{path} holds weights as {other}, which cannot be served as they are. {SafetensorsAdvice.Convert}");
        }

        var files = Find(real, "*.gguf");
        if (files.Length == 0)
            files = [.. Find(real, "*.bin").Where(IsGguf)];
        if (files.Length == 0)
            return new PathContent.Unusable(Nothing);
        var outside = Array.Find(
            files, file => !RealPath.Of(file).StartsWith(real + Path.DirectorySeparatorChar, StringComparison.Ordinal));
        return outside is null
            ? new PathContent.Files(real, [.. files])
            : new PathContent.Unusable($"insecure path: {Path.GetRelativePath(real, RealPath.Of(outside))}");
    }

    private static string[] Find(string path, string pattern)
    {
        var files = Directory.GetFiles(path, pattern);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

    private static bool IsGguf(string path)
    {
        using var file = RegularFile.OpenRead(path);
        Span<byte> magic = stackalloc byte[4];
        return file.ReadAtLeast(magic, 4, throwOnEndOfStream: false) == 4
            && (magic.SequenceEqual("GGUF"u8) || magic.SequenceEqual("FUGG"u8));
    }
}
