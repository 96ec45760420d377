using LibGit2Sharp;

namespace ModelOps.Cli.BuiltInGit;

/// <summary>A repository, and the folder inside of its work tree that a call is about.</summary>
internal sealed class RepositoryAt : IDisposable
{
    private RepositoryAt(Repository repository, string prefix) => (Repository, Prefix) = (repository, prefix);

    internal Repository Repository { get; }

    /// <summary>Folder below the top of the work tree; empty, or with a slash at its end.</summary>
    internal string Prefix { get; }

    /// <summary>Opens what <c>--git-dir</c> names, else the repository around the folder.</summary>
    /// <exception cref="GitFailure">There is none.</exception>
    internal static RepositoryAt Open(GitArguments arguments)
    {
        if (arguments.Repository is { } given)
            return new RepositoryAt(Opened(given), "");
        var folder = Path.GetFullPath(arguments.Folder ?? ".");
        for (var above = folder; above is not null; above = Path.GetDirectoryName(above))
        {
            if (Path.Exists(Path.Combine(above, ".git")))
                return new RepositoryAt(Opened(above), folder == above ? "" : Path.GetRelativePath(above, folder) + "/");
            if (IsBare(above))
                return new RepositoryAt(Opened(above), "");
        }

        throw new GitFailure("not a git repository (or any of the parent directories): .git");
    }

    public void Dispose() => Repository.Dispose();

    private static Repository Opened(string path) => Directory.Exists(path)
        ? new Repository(path)
        : throw new GitFailure($"not a git repository: '{path}'");

    private static bool IsBare(string folder) =>
        File.Exists(Path.Combine(folder, "HEAD"))
        && Directory.Exists(Path.Combine(folder, "objects"))
        && Directory.Exists(Path.Combine(folder, "refs"));
}
