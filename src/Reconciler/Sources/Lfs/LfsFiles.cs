using System.Text.Json;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Native;
using ModelOps.ModelStore.Registry;

namespace ModelOps.Reconciler.Sources.Lfs;

/// <summary>
/// Brings what pointers of git LFS stand for into the model store, from the server of the repository that has the pointers. Needs no
/// git-lfs program.
/// </summary>
/// <param name="git">Speaks ssh as the source does.</param>
/// <param name="options">The source.</param>
/// <param name="addresses">Of the repository, in order of preference.</param>
/// <param name="configuration">Text of its <c>.lfsconfig</c>; null when it has none.</param>
/// <param name="time">Clock of the time limits.</param>
internal sealed class LfsFiles(
    GitProgram git, SourceOptions options, IReadOnlyList<string> addresses, Func<CancellationToken, Task<string?>> configuration,
    TimeProvider time)
{
    private const int MostConfiguration = 64 << 10;

    /// <summary>Those of a folder that is served as it is: of the repository around it.</summary>
    internal static LfsFiles OfFolder(string folder, GitProgram git, SourceOptions options, TimeProvider time)
    {
        var top = WorkTreeTop.Of(folder) ?? Path.GetFullPath(folder);
        var file = Path.Combine(top, LfsAddress.ConfigurationFile);
        return new LfsFiles(
            git, options, [top],
            async token => File.Exists(file) && RegularFile.OtherKindOf(file) is null && new FileInfo(file).Length < MostConfiguration
                ? await File.ReadAllTextAsync(file, token)
                : null,
            time);
    }

    /// <summary>Returns the digest of a file that is in the store then.</summary>
    /// <exception cref="GitSourceException">No address has it; the message says what each said.</exception>
    /// <exception cref="StoreException">The disk refused, or what came is another content.</exception>
    internal async Task<Digest> FetchAsync(RevisionFile file, LfsStore into, CancellationToken cancellationToken)
    {
        var digest = Digest.Parse(file.ObjectId);
        var failures = new List<GitSourceException>();
        foreach (var address in addresses)
        {
            try
            {
                if (LfsAddress.LocalFolder(address) is { } folder && await FromDiskAsync(folder, file, into, cancellationToken))
                    return digest;
                await FromServerAsync(address, file, digest, into, cancellationToken);
                return digest;
            }
            catch (GitSourceException error)
            {
                failures.Add(error);
            }
        }

        throw new GitSourceException(
            failures[0].Location, failures.Find(failure => failure.IsTransient)?.Failure ?? failures[0].Failure,
            $"{file.Path} lies in git LFS: "
                + string.Join("; ", failures.Select(failure => failure.Message).Distinct(StringComparer.Ordinal)),
            failures[0]);
    }

    private static async Task<bool> FromDiskAsync(string folder, RevisionFile file, LfsStore into, CancellationToken cancellationToken)
    {
        if (LfsObjects.Find(folder, LfsObjects.Hex(file)) is not { } path)
            return false;
        return await LfsObjects.TakeAsync(path, file, into, cancellationToken) is not null
            ? true
            : throw new GitSourceException(
                folder, SourceFailure.SourceInvalid, $"{path} is not what its name says; remove it, and fetch it anew: git lfs fetch");
    }

    private async Task FromServerAsync(
        string address, RevisionFile file, Digest digest, LfsStore into, CancellationToken cancellationToken)
    {
        var access = await AccessAsync(address, cancellationToken);
        if (into.Fetcher is not { } fetcher)
            throw new GitSourceException(address, SourceFailure.SourceInvalid, "nothing here fetches files");
        using var http = LfsTransport.Create(options);
        var server = new LfsServer(http, access, options, time);
        try
        {
            await fetcher.FetchBlobAsync(
                digest, file.Size, (first, last, token) => server.OpenAsync(file, first, last, token), cancellationToken);
        }
        catch (StoreException error) when (error.Failure is StoreFailure.OtherContent other)
        {
            throw new StoreException(
                other with
                {
                    Message = $"{file.Path}: the LFS server at {access.Address.Authority} sent another content than the pointer names "
                        + $"(want {other.Wanted}, got {other.Got}); push the right one "
                        + "with git lfs push",
                },
                file.Path, error);
        }
        catch (StoreException error) when (error.Failure is StoreFailure.RegistryFailed or StoreFailure.Absent)
        {
            throw new GitSourceException(
                address, SourceFailure.FetchFailed, $"the LFS server at {access.Address.Authority}: {error.Message}", error);
        }
        catch (HttpRequestException error)
        {
            throw new GitSourceException(
                address, SourceFailure.FetchFailed, $"the LFS server at {access.Address.Authority}: {NetworkFailure.Text(error)}", error);
        }
    }

    /// <summary>What the repository itself says comes first, then what follows from its address.</summary>
    private async Task<LfsAccess> AccessAsync(string address, CancellationToken cancellationToken)
    {
        var shown = GitErrorText.Scrub(address);
        if (await configuration(cancellationToken) is { } text && LfsAddress.Configured(text, shown) is { } configured)
            return new LfsAccess(configured, new Dictionary<string, string>());
        if (LfsAddress.LocalFolder(address) is not null)
        {
            throw new GitSourceException(
                shown, SourceFailure.SourceMissing,
                $"{shown} does not have the object; fetch it there with git lfs fetch, or name the LFS server in "
                + LfsAddress.ConfigurationFile);
        }

        if (LfsAddress.Ssh(address) is var (host, path))
            return await AuthenticateAsync(shown, host, path, cancellationToken);
        return new LfsAccess(LfsAddress.OfRepository(new Uri(address)), new Dictionary<string, string>());
    }

    /// <summary>Asks the server behind ssh where its LFS is, and what to say there.</summary>
    private async Task<LfsAccess> AuthenticateAsync(string shown, string[] host, string path, CancellationToken cancellationToken)
    {
        var quoted = path.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '_' or '-' or '~')
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        var output = await git.AskSshAsync(shown, [.. host, $"git-lfs-authenticate {quoted} download"], cancellationToken);
        if (output.ExitCode != 0)
        {
            throw output.Error.Contains("git-lfs-authenticate", StringComparison.Ordinal) && output.ExitCode is 127 or 126
                ? new GitSourceException(
                    shown, SourceFailure.SourceMissing,
                    $"{shown} has no git-lfs-authenticate; name its LFS server in {LfsAddress.ConfigurationFile}")
                : git.Failed(output.Error);
        }

        try
        {
            using var answer = JsonDocument.Parse(output.Bytes);
            if (LfsAnswer.Link(answer.RootElement) is { } access)
                return access;
        }
        catch (JsonException)
        {
            // Told below: it is no address.
        }

        throw new GitSourceException(
            shown, SourceFailure.SourceInvalid, $"git-lfs-authenticate on {shown} names no https:// address, and no other is asked");
    }
}
