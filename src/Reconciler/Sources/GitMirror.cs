using System.Security.Cryptography;
using System.Text;

namespace ModelOps.Reconciler.Sources;

/// <summary>A bare copy of one branch of a repository, with its history. There is never a work tree.</summary>
internal sealed class GitMirror
{
    private const string TipRef = "refs/modelops/tip";

    private readonly GitProgram _git;
    private readonly SourceOptions _options;
    private readonly TimeProvider _time;
    private readonly string _address;
    private readonly string _remoteRef;

    internal GitMirror(string folder, GitProgram git, string address, SourceOptions options, TimeProvider time)
    {
        _git = git;
        _options = options;
        _time = time;
        _address = address;
        _remoteRef = RemoteRef(options);
        Folder = FolderOf(folder, address);
    }

    internal string Folder { get; private init; }

    /// <summary>A repository that is here already, only to be read.</summary>
    internal static GitMirror OfRepository(string gitFolder, GitProgram git, SourceOptions options, TimeProvider time) =>
        new(gitFolder, git, gitFolder, options, time) { Folder = gitFolder };

    /// <summary>Where the mirror of an address is, or would be.</summary>
    internal static string FolderOf(string folder, string address)
    {
        var identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address)))[..16];
        return Path.Combine(Path.GetFullPath(folder), identity + ".git");
    }

    /// <summary>Asks the remote which commit the branch is at.</summary>
    internal async Task<string> FindTipAsync(CancellationToken cancellationToken)
    {
        var output = await _git.RequireAsync(["ls-remote", "--quiet", "--", _address, _remoteRef], cancellationToken);
        foreach (var line in output.Text.Split('\n'))
        {
            var tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab > 0 && line[(tab + 1)..] == _remoteRef)
                return line[..tab];
        }

        var what = _options.Branch is { } branch ? $"there is no branch {branch}" : "there is no commit yet";
        throw new GitSourceException(GitErrorText.Scrub(_address), SourceFailure.SourceMissing, $"{GitErrorText.Scrub(_address)}: {what}");
    }

    /// <summary>Brings the branch here and returns its commit.</summary>
    internal async Task<string> FetchAsync(string expected, CancellationToken cancellationToken)
    {
        await EnsureAsync(expected, cancellationToken);
        using var tooBig = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooBig.Token, cancellationToken);
        var watch = WatchSizeAsync(tooBig, either.Token);
        try
        {
            await _git.RequireAsync(
                [
                    "--git-dir", Folder, "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head",
                    "--update-shallow", "--force", "--", _address, $"+{_remoteRef}:{TipRef}",
                ],
                either.Token,
                limit: _options.FetchTimeout);
        }
        catch (OperationCanceledException) when (tooBig.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new GitSourceException(
                GitErrorText.Scrub(_address), SourceFailure.SourceInvalid,
                $"{GitErrorText.Scrub(_address)}: the repository is larger than {_options.Limits.MirrorBytes} bytes");
        }
        finally
        {
            await either.CancelAsync();
            await watch;
        }

        return (await _git.RequireAsync(["--git-dir", Folder, "rev-parse", "--verify", "--quiet", TipRef], cancellationToken)).Text.Trim();
    }

    /// <summary>Keeps a commit readable even after the branch has left it.</summary>
    internal Task KeepAsync(string commit, CancellationToken cancellationToken) =>
        _git.RequireAsync(["--git-dir", Folder, "update-ref", "refs/modelops/accepted", CheckedId(commit)], cancellationToken);

    internal async Task<bool> HasAsync(string commit, CancellationToken cancellationToken) =>
        Directory.Exists(Folder)
        && (await _git.RunAsync(["--git-dir", Folder, "cat-file", "-e", CheckedId(commit) + "^{commit}"], cancellationToken)).ExitCode == 0;

    internal async Task<bool> IsAncestorAsync(string ancestor, string commit, CancellationToken cancellationToken) =>
        (await _git.RunAsync(
            ["--git-dir", Folder, "merge-base", "--is-ancestor", CheckedId(ancestor), CheckedId(commit)], cancellationToken)).ExitCode == 0;

    internal async Task<RevisionFacts> DescribeAsync(string commit, CancellationToken cancellationToken)
    {
        var output = await _git.RequireAsync(
            ["--git-dir", Folder, "log", "-1", "--no-show-signature", "--format=%an%x00%ct%x00%s", CheckedId(commit)], cancellationToken);
        var parts = output.Text.TrimEnd('\n').Split('\0', 3);
        return new RevisionFacts(commit, parts[0], parts.ElementAtOrDefault(2) ?? "", CommitDates.Parse(parts.ElementAtOrDefault(1) ?? ""));
    }

    /// <summary>Everything below one folder of a commit, as <c>ls-tree -r -z -l</c> prints it.</summary>
    internal async Task<byte[]> ListAsync(string commit, string folder, CancellationToken cancellationToken) =>
        (await _git.RequireAsync(
            ["--git-dir", Folder, "ls-tree", "-r", "-z", "-l", "--full-tree", $"{CheckedId(commit)}:{folder}"], cancellationToken)).Bytes;

    /// <summary>The contents of small objects, in the order asked for.</summary>
    internal async Task<List<byte[]>> ReadAsync(IReadOnlyCollection<string> objectIds, long total, CancellationToken cancellationToken)
    {
        var input = Encoding.ASCII.GetBytes(string.Concat(objectIds.Select(id => CheckedId(id) + "\n")));
        var maxBytes = (int)Math.Min(int.MaxValue - 1024, total + (200L * objectIds.Count) + 1024);
        var output = await _git.RequireAsync(["--git-dir", Folder, "cat-file", "--batch"], cancellationToken, input, maxBytes);
        return CatFileBatch.Split(output.Bytes, objectIds.Count) ?? throw _git.Failed("Not a valid object name");
    }

    internal async Task StreamAsync(string objectId, Func<Stream, CancellationToken, Task> read, CancellationToken cancellationToken)
    {
        // A reader may want the beginning alone. git would wait until the rest is read, so it is hung up on.
        var stopped = false;
        var (exit, error) = await _git.StreamAsync(
            ["--git-dir", Folder, "cat-file", "blob", CheckedId(objectId)],
            default,
            async (output, token) =>
            {
                await read(output, token);
                stopped = await output.ReadAsync(new byte[1], token) > 0;
                if (stopped)
                    await output.DisposeAsync();
            },
            _options.FetchTimeout,
            cancellationToken);
        if (exit != 0 && !stopped)
            throw _git.Failed(error);
    }

    private static string RemoteRef(SourceOptions options)
    {
        if (options.Branch is not { } branch)
            return "HEAD";
        var valid = branch.Length is > 0 and <= 255
            && branch[0] is not ('-' or '/' or '.')
            && !branch.Contains("..", StringComparison.Ordinal)
            && !branch.Contains("@{", StringComparison.Ordinal)
            && !branch.EndsWith(".lock", StringComparison.Ordinal)
            && branch[^1] is not ('/' or '.')
            && !branch.Any(c => c <= ' ' || c == 127 || "~^:?*[\\".Contains(c, StringComparison.Ordinal));
        if (!valid)
        {
            throw new GitSourceException(
                GitErrorText.Scrub(options.Location), SourceFailure.SourceInvalid, $"{branch}: not a valid branch name");
        }

        return branch.StartsWith("refs/", StringComparison.Ordinal) ? branch : "refs/heads/" + branch;
    }

    /// <summary>Only full hexadecimal ids reach git's command line.</summary>
    private static string CheckedId(string id) =>
        id.Length is 40 or 64 && id.All(char.IsAsciiHexDigitLower)
            ? id
            : throw new ArgumentException($"Not an object id: {id}", nameof(id));

    private async Task EnsureAsync(string sample, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(Folder, "HEAD")))
            return;
        var format = sample.Length == 64 ? "sha256" : "sha1";
        await _git.RequireAsync(["init", "--quiet", "--bare", "--object-format=" + format, "--", Folder], cancellationToken);
    }

    private async Task WatchSizeAsync(CancellationTokenSource tooBig, CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _time);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (SizeOf(Folder) > _options.Limits.MirrorBytes)
                    await tooBig.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The fetch ended.
        }
    }

    private static long SizeOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
        }
        catch (IOException)
        {
            // Files come and go while git works; the next look will do.
            return 0;
        }
    }
}
