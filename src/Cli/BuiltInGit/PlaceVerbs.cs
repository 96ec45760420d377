using System.Globalization;
using LibGit2Sharp;

namespace ModelOps.Cli.BuiltInGit;

/// <summary>Verbs about the work tree around a folder.</summary>
internal static class PlaceVerbs
{
    internal static int Parse(GitArguments arguments, Stream output)
    {
        using var at = RepositoryAt.Open(arguments);
        var repository = at.Repository;
        if (arguments.Has("--verify"))
        {
            if (Find(repository, arguments.Operands[0]) is not { } found)
                return 1;
            output.WriteLine(found.Sha);
        }

        if (arguments.Has("--is-bare-repository"))
            output.WriteLine(Word(repository.Info.IsBare));
        if (arguments.Has("--is-inside-work-tree"))
            output.WriteLine(Word(!repository.Info.IsBare));
        if (arguments.Has("--absolute-git-dir"))
            output.WriteLine(Path.TrimEndingDirectorySeparator(Path.GetFullPath(repository.Info.Path)));
        if (arguments.Has("--show-prefix"))
            output.WriteLine(at.Prefix);
        return 0;
    }

    /// <summary>Files of the index, or those that are new and not ignored, relative to the folder.</summary>
    internal static int ListFiles(GitArguments arguments, Stream output)
    {
        using var ignored = arguments.Settings.TryGetValue("core.excludesfile", out var file) ? IgnoreFile.Use(file) : null;
        using var at = RepositoryAt.Open(arguments);
        if (arguments.Has("--others"))
        {
            foreach (var path in Untracked(at))
                output.WritePath(path[at.Prefix.Length..]);
            return 0;
        }

        foreach (var entry in at.Repository.Index.Where(entry => entry.Path.StartsWith(at.Prefix, StringComparison.Ordinal)))
        {
            output.WriteText($"{Convert.ToString((int)entry.Mode, 8).PadLeft(6, '0')} {entry.Id.Sha} ");
            output.WriteText(string.Create(CultureInfo.InvariantCulture, $"{(int)entry.StageLevel}\t"));
            output.WritePath(entry.Path[at.Prefix.Length..]);
        }

        return 0;
    }

    /// <summary>Whether the folder itself is ignored: 0 when it is, 1 when not.</summary>
    internal static int IsIgnored(GitArguments arguments)
    {
        using var at = RepositoryAt.Open(arguments);
        return at.Prefix.Length > 0 && at.Repository.Ignore.IsPathIgnored(at.Prefix) ? 0 : 1;
    }

    private static IEnumerable<string> Untracked(RepositoryAt at)
    {
        var options = new StatusOptions
        {
            Show = StatusShowOption.WorkDirOnly,
            IncludeUntracked = true,
            RecurseUntrackedDirs = true,
            IncludeIgnored = true,
            PathSpec = at.Prefix.Length > 0 ? [at.Prefix.TrimEnd('/')] : null,
            DisablePathSpecMatch = true,
        };
        var status = at.Repository.RetrieveStatus(options);
        return status.Untracked.Select(entry => entry.FilePath)
            .Concat(status.Ignored.Select(entry => entry.FilePath).Where(path => IsNested(at.Repository, path)))
            .Where(path => path.StartsWith(at.Prefix, StringComparison.Ordinal));
    }

    /// <summary>A repository within this one counts as ignored for libgit2, and as something new for git.</summary>
    private static bool IsNested(Repository repository, string path) =>
        path.EndsWith('/')
        && Path.Exists(Path.Combine(repository.Info.WorkingDirectory, path, ".git"))
        && !repository.Ignore.IsPathIgnored(path);

    private static GitObject? Find(Repository repository, string revision)
    {
        try
        {
            return repository.Lookup(revision);
        }
        catch (LibGit2SharpException)
        {
            return null;
        }
    }

    private static string Word(bool value) => value ? "true" : "false";

    /// <summary>
    /// What the user never commits. libgit2 takes such a file only from a folder of configuration, so it gets one that has nothing else.
    /// </summary>
    private sealed class IgnoreFile : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modelops-ignore-");

        public void Dispose() => _folder.Delete(recursive: true);

        internal static IgnoreFile Use(string file)
        {
            var own = new IgnoreFile();
            File.Copy(file, Path.Combine(own._folder.FullName, "ignore"));
            GlobalSettings.SetConfigSearchPaths(ConfigurationLevel.Xdg, own._folder.FullName);
            return own;
        }
    }
}
