using System.Collections.Immutable;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Sources;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Diff;

/// <summary>Reads what a folder, or a commit of the repository around it, asks for.</summary>
public static class RevisionReader
{
    /// <summary>
    /// The files of a folder that a commit would hold, as they are now, told apart as git does, so that they can be compared with a commit.
    /// </summary>
    /// <exception cref="GitSourceException">The folder cannot be read.</exception>
    public static async Task<DesiredStateResult> ReadFolderAsync(
        string folder, ImmutableArray<string> allowedPaths, GitEngine? engine, TimeProvider time, CancellationToken cancellationToken,
        SourceLimits? bounds = null, HostOptions? capacity = null)
    {
        var place = new SourceOptions { Location = folder, Git = engine, Limits = bounds ?? new SourceLimits() };
        var limits = place.Limits;
        using var local = new LocalGit(place, time);
        var source = new FolderSource(Path.GetFullPath(folder), local.Program, limits, FolderFileIdentity.GitBlob);
        var tree = await source.OpenAsync(await source.FetchNewestAsync(cancellationToken), cancellationToken);
        return await new DesiredStateReader(
                tree, new HostFiles(allowedPaths), limits, new WeightsLook(_ => null) { Capacity = capacity })
            .ReadAsync(cancellationToken);
    }

    /// <summary>A commit of the repository that holds the folder; the folder of that commit is read, and nothing is written.</summary>
    /// <param name="folder">Folder inside a work tree, or a bare repository.</param>
    /// <param name="revision">What git understands: a branch, a tag, <c>HEAD~1</c>, an id.</param>
    /// <param name="allowedPaths">Folders of this machine that Modelfiles may name.</param>
    /// <param name="engine">Which git reads it; null chooses.</param>
    /// <param name="time">Clock of git's time limits.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="bounds">What the repository may hold; null for the usual.</param>
    /// <param name="capacity">What pinned models must fit into together; null judges none by that.</param>
    /// <exception cref="GitSourceException">There is no such repository or commit.</exception>
    public static async Task<DesiredStateResult> ReadCommitAsync(
        string folder, string revision, ImmutableArray<string> allowedPaths, GitEngine? engine, TimeProvider time,
        CancellationToken cancellationToken, SourceLimits? bounds = null, HostOptions? capacity = null)
    {
        var options = new SourceOptions { Location = folder, Git = engine, Limits = bounds ?? new SourceLimits() };
        using var local = new LocalGit(options, time);
        var git = local.Program;
        var place = await git.RunAsync(
            ["-C", Path.GetFullPath(folder), "rev-parse", "--absolute-git-dir", "--show-prefix"], cancellationToken);
        if (place.ExitCode != 0)
            throw new GitSourceException(folder, SourceFailure.SourceMissing, $"{folder} is not in a git repository");
        var lines = place.Text.Split('\n');
        var commit = await git.RunAsync(
            ["--git-dir", lines[0], "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"], cancellationToken);
        if (commit.ExitCode != 0)
        {
            var advice = File.Exists(Path.Combine(lines[0], "shallow"))
                ? ", which is a shallow clone: fetch the rest of it with 'git fetch --unshallow', or have all of it cloned"
                : "";
            throw new GitSourceException(
                folder, SourceFailure.SourceMissing, $"there is no commit '{revision}' in the repository of {folder}{advice}");
        }

        var mirror = new GitMirror(lines[0], git, options, time);
        var tree = await GitRevisionTree.OpenAsync(mirror, commit.Text.Trim(), lines[1].TrimEnd('/'), options.Limits, cancellationToken);
        return await new DesiredStateReader(
                tree, new HostFiles(allowedPaths), options.Limits, new WeightsLook(_ => null) { Capacity = capacity })
            .ReadAsync(cancellationToken);
    }
}
