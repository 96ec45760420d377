using ModelOps.ModelStore.Native;

namespace ModelOps.Cli.Commands;

/// <summary>Finds Modelfiles the way people name them.</summary>
internal static class ModelfileFinder
{
    /// <summary>A file and how the user would call it.</summary>
    internal sealed record Found(string Path, string Shown);

    /// <summary>Files as given; in folders everything that is called <c>Modelfile</c>, <c>Modelfile.*</c> or <c>*.Modelfile</c>, hidden folders aside.</summary>
    /// <exception cref="CliException">A path is not there.</exception>
    internal static IReadOnlyList<Found> Find(CliContext context, IReadOnlyList<string> paths)
    {
        var found = new List<Found>();
        foreach (var path in paths.Count == 0 ? ["."] : paths)
        {
            var full = context.FullPath(path);
            if (Path.GetFileName(full) == Reconciler.Lint.RepositoryLint.FileName && File.Exists(full))
                continue;
            if (File.Exists(full))
                found.Add(new Found(full, path));
            else if (Directory.Exists(full))
                found.AddRange(InFolder(full).Select(file => new Found(file, Path.GetRelativePath(context.WorkingFolder, file))));
            else
                throw new CliException(ExitCode.Usage, $"there is no file or folder {path}");
        }

        return found;
    }

    /// <summary>Whether a file is a Modelfile by its name.</summary>
    internal static bool IsModelfile(string path)
    {
        var name = Path.GetFileName(path);
        return name.Equals("Modelfile", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith("Modelfile.", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith(".Modelfile", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>What it holds.</summary>
    /// <exception cref="CliException">It cannot be read, or is no regular file.</exception>
    internal static byte[] Read(Found file)
    {
        try
        {
            return RegularFile.ReadAllBytes(file.Path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"cannot read {file.Shown}: {error.Message}", error);
        }
    }

    private static IEnumerable<string> InFolder(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder).Where(IsModelfile).Order(StringComparer.Ordinal))
            yield return file;
        foreach (var child in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            if (Path.GetFileName(child).StartsWith('.') || new DirectoryInfo(child).LinkTarget is not null)
                continue;
            foreach (var file in InFolder(child))
                yield return file;
        }
    }
}
