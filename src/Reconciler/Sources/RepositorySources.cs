using ModelOps.ModelStore.Native;
using ModelOps.Reconciler.Sources.Lfs;

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
        foreach (var key in new[]
            {
                options.SshKeyFile, options.KnownHostsFile, options.TokenFile, options.AuthorityFile, options.ClientCertificateFile,
                options.ClientKeyFile,
            }.OfType<string>())
        {
            if (RegularFile.OtherKindOf(key) is { } other)
                throw new GitSourceException(key, SourceFailure.SourceInvalid, $"{key} is {other}; only regular files are read");
        }

        Directory.CreateDirectory(gitFolder);
        if (options.Name.Length is 0 or > 63 || !options.Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            throw new GitSourceException(
                options.Name, SourceFailure.SourceInvalid,
                $"'{options.Name}': the name of a source has lower-case letters, digits and dashes, at most 63");
        }

        var git = new GitProgram(gitFolder, options, time);
        var location = await SourceLocation.ResolveAsync(options, git, gitFolder, cancellationToken);
        if (location.IsPlainFolder)
        {
            return new FolderSource(
                location.Address, git, options.Limits, largeFiles: LfsFiles.OfFolder(location.Address, git, options, time));
        }

        var (usable, version) = await UsableAsync(gitFolder, git, options, time, cancellationToken);
        MirrorFolder.Adopt(gitFolder, options.Name, location.Address);
        var further = options.FurtherLocations.Select(
            address => Path.IsPathRooted(address) ? Path.GetFullPath(address) : SourceLocation.CheckedAddress(address));
        var resolved = options with { Location = location.Address, FurtherLocations = [.. further] };
        var mirror = new GitMirror(MirrorFolder.Of(gitFolder, options.Name), usable, resolved, time);
        return new GitSource(location, mirror, resolved, version);
    }

    /// <summary>A git program that is too old is passed over, unless the operator wants just that one.</summary>
    private static async Task<(GitProgram Git, string Version)> UsableAsync(
        string gitFolder, GitProgram git, SourceOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return (git, await GitVersion.RequireAsync(git, cancellationToken));
        }
        catch (GitSourceException error) when (error.Failure == SourceFailure.GitMissing && options.Git is null && !git.Engine.IsBuiltIn)
        {
            var builtIn = new GitProgram(gitFolder, options with { Git = GitEngine.BuiltIn }, time);
            return (builtIn, await GitVersion.RequireAsync(builtIn, cancellationToken));
        }
    }
}
