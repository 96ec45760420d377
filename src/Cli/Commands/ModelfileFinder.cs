using ModelOps.ModelStore.Native;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.Commands;

/// <summary>Finds Modelfiles the way people name them.</summary>
internal static class ModelfileFinder
{
    /// <summary>A file and how the user would call it.</summary>
    internal sealed record Found(string Path, string Shown);

    /// <summary>
    /// Files as given; in folders everything that is called <c>Modelfile</c>, <c>Modelfile.*</c> or <c>*.Modelfile</c>, hidden folders
    /// aside.
    /// </summary>
    /// <remarks>In a work tree of git only what a commit would hold: files that git ignores are left out.</remarks>
    /// <exception cref="CliException">A path is not there, or git is needed and cannot be used.</exception>
    internal static async Task<IReadOnlyList<Found>> FindAsync(
        CliContext context, IReadOnlyList<string> paths, CancellationToken cancellationToken)
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
            {
                found.AddRange(
                    (await InFolderAsync(context, full, cancellationToken))
                        .Select(file => new Found(file, Path.GetRelativePath(context.WorkingFolder, file))));
            }
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

    private static async Task<IEnumerable<string>> InFolderAsync(CliContext context, string folder, CancellationToken cancellationToken)
    {
        try
        {
            return await WorkTreeFiles.ListAsync(folder, GitSetting.Of(context), context.Time, cancellationToken) is { } files
                ? files.Where(file => IsModelfile(file) && !IsHidden(file)).Select(file => Path.Combine(folder, file)).Where(IsPlainFile)
                : InFolder(folder);
        }
        catch (GitSourceException error)
        {
            throw new CliException(ExitCode.Usage, error.Message, error);
        }
    }

    private static bool IsHidden(string path) => path.Split('/').SkipLast(1).Any(part => part.StartsWith('.'));

    private static bool IsPlainFile(string path) => new FileInfo(path) is { Exists: true, LinkTarget: null };

    /// <summary>What it holds.</summary>
    /// <exception cref="CliException">It cannot be read, or is not a regular file.</exception>
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
