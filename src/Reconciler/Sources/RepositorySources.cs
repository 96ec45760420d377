using ModelOps.ModelStore.Native;

namespace ModelOps.Reconciler.Sources;

/// <summary>Makes the source that the options describe.</summary>
internal static class RepositorySources
{
    /// <summary>Looks at the location and opens it.</summary>
    /// <param name="gitFolder">Folder of the mirror, <c>&lt;home&gt;/git</c>.</param>
    /// <param name="options">What the operator gave.</param>
    /// <param name="time">Clock of the time limits.</param>
    /// <param name="cancellationToken">Stops looking.</param>
    /// <exception cref="GitSourceException">The location is nothing that can be served.</exception>
    internal static async Task<IRepositorySource> OpenAsync(
        string gitFolder, SourceOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        // ssh would wait for a pipe.
        foreach (var key in new[] { options.SshKeyFile, options.KnownHostsFile, options.TokenFile }.OfType<string>())
        {
            if (RegularFile.OtherKindOf(key) is { } other)
                throw new GitSourceException(key, SourceFailure.SourceInvalid, $"{key} is {other}; only regular files are read");
        }

        Directory.CreateDirectory(gitFolder);
        var git = new GitProgram(gitFolder, options, time);
        var location = await SourceLocation.ResolveAsync(options, git, gitFolder, cancellationToken);
        return location.IsPlainFolder
            ? new FolderSource(location.Address, git, options.Limits)
            : new GitSource(location, new GitMirror(gitFolder, git, location.Address, options, time), options);
    }
}
