using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.Sources;

/// <summary>What the operator's location turned out to be.</summary>
/// <param name="Address">What git is given, or the absolute path of a plain folder.</param>
/// <param name="Folder">Folder inside the repository that is served, with <c>/</c>, without one at either end; empty for all of it.</param>
/// <param name="IsPlainFolder">Files are read from disk, not from git.</param>
public sealed record SourceLocation(string Address, string Folder, bool IsPlainFolder)
{
    private static readonly string[] Schemes = ["file", "ssh", "https"];

    /// <summary>A repository with a work tree, on this machine.</summary>
    public bool IsWorkTree { get; init; }

    /// <summary>The address without credentials, for people.</summary>
    public string Display => GitErrorText.Scrub(Address);

    /// <summary>Finds out what a location is. Looks at the local disk only.</summary>
    /// <exception cref="GitSourceException">It is nothing that can be served; the message says what to give instead.</exception>
    internal static async Task<SourceLocation> ResolveAsync(
        SourceOptions options, GitProgram git, string gitFolder, CancellationToken cancellationToken)
    {
        var location = options.Location;
        var folder = CleanFolder(location, options.Path);
        if (options.WorkingTree)
            return PlainFolder(location, folder);
        if (Directory.Exists(location))
            return await LocalRepositoryAsync(location, folder, git, cancellationToken);
        return FindMirrored(location, folder, gitFolder, options.Name)
            ?? new SourceLocation(CheckedAddress(location), folder, IsPlainFolder: false);
    }

    /// <summary>
    /// A repository on a disk that is not there right now, such as one that is not mounted yet: its mirror can still be served.
    /// </summary>
    private static SourceLocation? FindMirrored(string location, string folder, string gitFolder, string source)
    {
        if (!Path.IsPathRooted(location))
            return null;
        var inside = Path.GetFullPath(location);
        var mirrored = MirrorFolder.AddressIn(MirrorFolder.Of(gitFolder, source));
        for (var top = inside; top is not null; top = Path.GetDirectoryName(top))
        {
            if (top == mirrored)
                return new SourceLocation(top, Joined(inside[top.Length..].TrimStart('/'), folder), IsPlainFolder: false);
        }

        return null;
    }

    private static SourceLocation PlainFolder(string location, string folder)
    {
        var path = Path.GetFullPath(Path.Combine(location, folder));
        return Directory.Exists(path)
            ? new SourceLocation(path, "", IsPlainFolder: true)
            : throw Invalid(location, $"{path}: there is no such folder", SourceFailure.SourceMissing);
    }

    private static async Task<SourceLocation> LocalRepositoryAsync(
        string location, string folder, GitProgram git, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(location);
        var output = await git.RunAsync(["-C", path, "rev-parse", "--is-bare-repository", "--show-prefix"], cancellationToken);
        var lines = output.Text.Split('\n');
        if (output.ExitCode != 0)
        {
            if (git.Failed(output.Error) is { Failure: SourceFailure.GitMissing } unreadable)
                throw unreadable;
            throw Invalid(
                location, $"{path} is not in a git repository; commit it to one, or serve the files as they are with --working-tree",
                SourceFailure.SourceMissing);
        }

        if (lines[0] == "true")
            return new SourceLocation(path, folder, IsPlainFolder: false);

        var prefix = lines[1].TrimEnd('/');
        var top = prefix.Length == 0 ? path : Path.GetFullPath(Path.Combine(path, Path.Combine([.. prefix.Split('/').Select(_ => "..")])));
        return new SourceLocation(top, Joined(prefix, folder), IsPlainFolder: false) { IsWorkTree = true };
    }

    private static string Joined(string prefix, string folder) => string.Join('/', new[] { prefix, folder }.Where(part => part.Length > 0));

    /// <summary>An address that git may be given.</summary>
    /// <exception cref="GitSourceException">It is none.</exception>
    internal static string CheckedAddress(string location)
    {
        if (location.StartsWith('-') || location.Any(char.IsControl))
            throw Invalid(location, $"{SafeText.ForLine(AddressText.OfUntrusted(location))}: not a source");

        var scheme = location.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0)
        {
            if (!Schemes.Contains(location[..scheme], StringComparer.Ordinal))
                throw Invalid(location, $"{AddressText.OfUntrusted(location)}: only file://, ssh:// and https:// sources are accepted");
            HttpsCredentials.RequireNone(location);
            return Uri.TryCreate(location, UriKind.Absolute, out _)
                ? location
                : throw Invalid(location, $"{AddressText.OfUntrusted(location)}: this address cannot be read");
        }

        HttpsCredentials.RequireNone(location);

        // The form of scp: [user@]host:path. A double colon would name a transport helper.
        var colon = location.IndexOf(':', StringComparison.Ordinal);
        var isScp = colon > 0
            && colon + 1 < location.Length
            && location[colon + 1] != ':'
            && !location[..colon].Contains('/', StringComparison.Ordinal)
            && location[..colon] is not ("https" or "http" or "ssh" or "git" or "file" or "ftp");
        return isScp
            ? location
            : throw Invalid(
                location, $"{AddressText.OfUntrusted(location)}: there is no such folder, and it is not a git address",
                SourceFailure.SourceMissing);
    }

    private static string CleanFolder(string location, string folder)
    {
        var parts = folder.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        return parts.Contains("..") || Path.IsPathRooted(folder)
            ? throw Invalid(location, $"{folder}: the path must lie inside the repository")
            : string.Join('/', parts);
    }

    private static GitSourceException Invalid(string location, string message, SourceFailure failure = SourceFailure.SourceInvalid) =>
        new(AddressText.OfUntrusted(location), failure, message);
}
