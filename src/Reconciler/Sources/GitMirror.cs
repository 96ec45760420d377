using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ModelOps.Reconciler.Sources.Lfs;

namespace ModelOps.Reconciler.Sources;

/// <summary>A bare copy of what is followed of a repository, with its history. There is never a work tree.</summary>
internal sealed class GitMirror
{
    private const string TipRef = "refs/modelops/tip";

    // A fetch brings one pack, however small; from so many on they are put together.
    private const int MostPacks = 20;

    // What is not a blob in an answer of cat-file: a commit with a very long message.
    private const int CommitBytes = 4 << 20;

    // So many with messages of the usual length stay far below what one answer may hold.
    private const int CommitsAtOnce = 200;

    private readonly GitProgram _git;
    private readonly SourceOptions _options;
    private readonly TimeProvider _time;
    private readonly SourceReference _reference;

    internal GitMirror(string folder, GitProgram git, SourceOptions options, TimeProvider time)
    {
        _git = git;
        _options = options;
        _time = time;
        _reference = SourceReference.Of(options);
        Folder = folder;
        Partial = new PartialFetch(folder, git.Engine, options);
    }

    internal string Folder { get; }

    /// <summary>Whether large files are left on the server.</summary>
    internal PartialFetch Partial { get; }

    /// <summary>The commit that was fetched last; null before there was one, and for what is not a branch.</summary>
    internal string? Tip =>
        _reference.Commit is null && _options.Tag is null && File.Exists(Path.Combine(Folder, TipRef))
            ? File.ReadAllText(Path.Combine(Folder, TipRef)).Trim()
            : null;

    /// <summary>Asks a remote which commit is to be served; a pinned commit that is here is not asked for.</summary>
    internal async Task<string> FindTipAsync(string address, CancellationToken cancellationToken)
    {
        if (_reference.Commit is { } pinned)
            return pinned;
        var output = await _git.AskRemoteAsync(
            address, ["ls-remote", "--quiet", "--", address, _reference.Name, _reference.Peeled], cancellationToken);
        var found = output.Text.Split('\n').Select(line => line.Split('\t', 2)).Where(parts => parts.Length == 2).ToArray();
        return found.FirstOrDefault(parts => parts[1] == _reference.Peeled)?[0]
            ?? found.FirstOrDefault(parts => parts[1] == _reference.Name)?[0]
            ?? throw Missing(address);
    }

    /// <summary>Brings what is followed here and returns its commit.</summary>
    internal async Task<string> FetchAsync(string address, string expected, CancellationToken cancellationToken)
    {
        await EnsureAsync(expected, cancellationToken);
        Partial.Fetched(await FetchAsync(address, Specs, Partial.IsOn, cancellationToken));
        MirrorFolder.Remember(Folder, address);
        await KeepTidyAsync(cancellationToken);
        if (_reference.Commit is { } pinned)
            return await HasAsync(pinned, cancellationToken) ? pinned : throw Missing(address);

        // The reference of an annotated tag names the tag; a branch's is read without another start.
        return Tip
            ?? (await _git.RequireAsync(
                ["--git-dir", Folder, "rev-parse", "--verify", "--quiet", TipRef + "^{commit}"], cancellationToken)).Text.Trim();
    }

    /// <summary>Keeps a commit readable even after the branch has left it.</summary>
    internal Task KeepAsync(string commit, CancellationToken cancellationToken) =>
        _git.RequireAsync(["--git-dir", Folder, "update-ref", "refs/modelops/accepted", CheckedId(commit)], cancellationToken);

    internal async Task<bool> HasAsync(string commit, CancellationToken cancellationToken) =>
        Directory.Exists(Folder)
        && (await _git.RunAsync(["--git-dir", Folder, "cat-file", "-e", CheckedId(commit) + "^{commit}"], cancellationToken)).ExitCode == 0;

    /// <summary>
    /// Whether one commit is in the history of another that is here. One that is not here at all cannot be: a history is always fetched
    /// whole.
    /// </summary>
    internal async Task<bool> IsAncestorAsync(string ancestor, string commit, CancellationToken cancellationToken)
    {
        var output = await _git.RunAsync(
            ["--git-dir", Folder, "merge-base", "--is-ancestor", CheckedId(ancestor), CheckedId(commit)], cancellationToken);
        return output.ExitCode switch
        {
            0 => true,
            1 => false,
            _ when await HasAsync(commit, cancellationToken) && !await HasAsync(ancestor, cancellationToken) => false,
            _ => throw _git.Failed(output.Error),
        };
    }

    /// <summary>The commits that one has in its history, and another one has not, as <c>rev-list</c> prints them.</summary>
    internal async Task<ImmutableArray<string>> HistoryAsync(string commit, string? after, int most, CancellationToken cancellationToken)
    {
        string[] left = after is null ? [] : ["^" + CheckedId(after)];
        var output = await _git.RequireAsync(
            [
                "--git-dir", Folder, "rev-list", "--topo-order", string.Create(CultureInfo.InvariantCulture, $"--max-count={most}"),
                CheckedId(commit), .. left, "--",
            ],
            cancellationToken);
        return [.. output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>The bytes of commits, in the order asked for.</summary>
    internal async Task<ImmutableArray<byte[]>> CommitsAsync(ImmutableArray<string> commits, CancellationToken cancellationToken)
    {
        var read = ImmutableArray.CreateBuilder<byte[]>(commits.Length);
        foreach (var some in commits.Chunk(CommitsAtOnce))
            read.AddRange(await ReadAsync(some, CommitBytes, cancellationToken));
        return read.ToImmutable();
    }

    /// <summary>Everything below one folder of a commit, as <c>ls-tree -r -z -l</c> prints it.</summary>
    internal async Task<byte[]> ListAsync(string commit, string folder, CancellationToken cancellationToken) =>
        (await _git.RequireAsync(
            ["--git-dir", Folder, "ls-tree", "-r", "-z", "-l", "--full-tree", $"{CheckedId(commit)}:{folder}"], cancellationToken)).Bytes;

    /// <summary>The contents of small objects, in the order asked for.</summary>
    internal async Task<List<byte[]>> ReadAsync(IReadOnlyCollection<string> objectIds, long total, CancellationToken cancellationToken)
    {
        var input = Encoding.ASCII.GetBytes(string.Concat(objectIds.Select(id => CheckedId(id) + "\n")));
        var maxBytes = (int)Math.Min(int.MaxValue - 1024, total + (200L * objectIds.Count) + CommitBytes);
        var output = await _git.RequireAsync(["--git-dir", Folder, "cat-file", "--batch"], cancellationToken, input, maxBytes);
        return CatFileBatch.Split(output.Bytes, objectIds.Count) ?? throw _git.Failed("Not a valid object name");
    }

    /// <summary>Brings the large files of a commit, from where the repository is.</summary>
    internal LfsFiles LargeFiles(string commit, IReadOnlyList<string> addresses) => new(
        _git, _options, addresses, token => TextAsync(commit, LfsAddress.ConfigurationFile, token), _time);

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

    /// <summary>A folder for one file, with an object store of its own.</summary>
    internal GitMirror ForOneFile() => new(MirrorFolder.ForOneFile(Folder), _git, _options, _time);

    /// <summary>Brings one object here, and nothing else.</summary>
    internal async Task FetchObjectAsync(string address, string objectId, CancellationToken cancellationToken)
    {
        await EnsureAsync(objectId, cancellationToken);
        await FetchAsync(address, [CheckedId(objectId)], isPartial: false, cancellationToken);
    }

    /// <summary>Brings everything that was left out, and leaves nothing out from then on.</summary>
    internal async Task FetchWholeAsync(string address, CancellationToken cancellationToken)
    {
        await FetchAsync(address, Specs, isPartial: false, cancellationToken, "--refetch");
        Partial.GiveUp();
    }

    /// <summary>A small file at the top of a commit; null when there is none.</summary>
    private async Task<string?> TextAsync(string commit, string name, CancellationToken cancellationToken)
    {
        var output = await _git.RequireAsync(
            ["--git-dir", Folder, "cat-file", "--batch"], cancellationToken, Encoding.ASCII.GetBytes($"{CheckedId(commit)}:{name}\n"),
            maxBytes: 64 << 10);
        return CatFileBatch.Split(output.Bytes, 1) is [var content] ? Encoding.UTF8.GetString(content) : null;
    }

    /// <summary>Only full hexadecimal ids reach git's command line.</summary>
    private static string CheckedId(string id) =>
        id.Length is 40 or 64 && id.All(char.IsAsciiHexDigitLower)
            ? id
            : throw new ArgumentException($"Not an object id: {id}", nameof(id));

    private static GitSourceException About(string address, SourceFailure failure, string text) =>
        new(GitErrorText.Scrub(address), failure, $"{GitErrorText.Scrub(address)}: {text}");

    private string[] Specs => _reference.Commit is null
        ? [$"+{_reference.Name}:{TipRef}"]
        : ["+refs/heads/*:refs/modelops/heads/*", "+refs/tags/*:refs/modelops/tags/*"];

    private GitSourceException Missing(string address) => About(address, SourceFailure.SourceMissing, _reference.Missing);

    /// <summary>Returns what git said beside.</summary>
    private async Task<string> FetchAsync(
        string address, IEnumerable<string> specs, bool isPartial, CancellationToken cancellationToken, params string[] options)
    {
        var (settings, remote) = isPartial ? PartialFetch.Filter(address, _options.Limits) : ([], address);
        using var tooBig = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooBig.Token, cancellationToken);
        var watch = WatchSizeAsync(tooBig, either.Token);
        try
        {
            var output = await _git.AskRemoteAsync(
                address,
                [
                    .. settings, "--git-dir", Folder, "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head",
                    "--update-shallow", "--force", .. options, "--", remote, .. specs,
                ],
                either.Token,
                _options.FetchTimeout);
            return output.Error;
        }
        catch (OperationCanceledException) when (tooBig.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw About(
                address, SourceFailure.SourceInvalid, $"the repository is larger than {_options.Limits.MirrorBytes} bytes");
        }
        finally
        {
            await either.CancelAsync();
            await watch;
        }
    }

    private async Task EnsureAsync(string sample, CancellationToken cancellationToken)
    {
        // What is fetched whole is built upon what is here, which must be whole then, too.
        if (MirrorFolder.HasOtherIds(Folder, sample) || (!Partial.IsOn && Partial.Transfer is not null && PartialFetch.IsPartial(Folder)))
            Directory.Delete(Folder, recursive: true);
        if (File.Exists(Path.Combine(Folder, "HEAD")))
            return;
        var format = sample.Length == 64 ? "sha256" : "sha1";
        await _git.RequireAsync(["init", "--quiet", "--bare", "--object-format=" + format, "--", Folder], cancellationToken);
    }

    /// <summary>
    /// Puts small packs together. It can only fail for a reason that fails the next fetch as well, such as a full disk, and is tried again
    /// then.
    /// </summary>
    private async Task KeepTidyAsync(CancellationToken cancellationToken)
    {
        if (MirrorFolder.Packs(Folder) >= MostPacks)
        {
            var isPartial = PartialFetch.IsPartial(Folder);
            await _git.RunAsync(
                ["--git-dir", Folder, "repack", "-d", "--geometric=2", "--quiet"], cancellationToken, limit: _options.FetchTimeout);
            if (isPartial)
                MirrorFolder.Promise(Folder);
        }
    }

    private async Task WatchSizeAsync(CancellationTokenSource tooBig, CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _time);
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                if (MirrorFolder.Size(Folder) > _options.Limits.MirrorBytes)
                    await tooBig.CancelAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The fetch ended.
        }
    }
}
