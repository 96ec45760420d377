using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelStore.Native;

namespace ModelOps.Cli.Commands;

/// <summary>What the file system has where a Modelfile points to.</summary>
internal static class ModelFiles
{
    /// <summary>Looks arguments up relative to the Modelfile's folder.</summary>
    internal static Func<string, PathContent> LookUp(CliContext context, string folder) => argument =>
    {
        if (ArgumentPath.Expand(argument, folder, context.WorkingFolder, user => user.Length == 0 ? context.UserHome : null, out var error) is not { } path)
            return new PathContent.Unusable(error!);
        var resolved = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        if (File.Exists(path) && RegularFile.OtherKindOf(path) is { } other)
            return new PathContent.Unusable($"{path} is {other}; only regular files are read");
        if (File.Exists(path))
            return new PathContent.Files(resolved, [path]);
        if (!Directory.Exists(path))
            return new PathContent.Missing(path);
        var weights = Directory.GetFiles(path, "*.gguf").Order(StringComparer.Ordinal).ToArray();
        return weights.Length > 0
            ? new PathContent.Files(resolved, [.. weights])
            : new PathContent.Unusable("no Modelfile or safetensors files found");
    };

    /// <summary>The deepest folder that holds all files.</summary>
    internal static string CommonFolder(IReadOnlyList<string> files)
    {
        var folder = Path.GetDirectoryName(files[0])!;
        while (!files.All(file => file.StartsWith(folder.TrimEnd('/') + '/', StringComparison.Ordinal)))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
