using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Sources.Lfs;

namespace ModelOps.Reconciler.Sources;

/// <summary>The files of one commit, read from the mirror's object store.</summary>
internal sealed class GitRevisionTree : IRevisionTree
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // What is small enough is read together with the commit, so that a revision of Modelfiles takes two calls of git.
    private const long SmallFile = 64 << 10;
    private const long MostAtOnce = 4 << 20;

    private readonly GitMirror _mirror;

    // It is wanted once, right after opening, and can be read again: so it may go whenever memory is short.
    private readonly WeakReference<Dictionary<string, byte[]>> _small;

    private GitRevisionTree(
        GitMirror mirror, RevisionFacts facts, string prefix, TreeRules rules, Dictionary<string, byte[]> small)
    {
        _mirror = mirror;
        _small = new WeakReference<Dictionary<string, byte[]>>(small);
        Facts = facts;
        Prefix = prefix;
        Files = rules.Files;
        Problems = rules.Problems;
    }

    public RevisionFacts Facts { get; }

    public string Prefix { get; }

    public FrozenDictionary<string, RevisionFile> Files { get; }

    public ImmutableArray<Diagnostic> Problems { get; }

    LfsFiles? IRevisionTree.LargeFiles => LargeFiles;

    private LfsFiles? LargeFiles { get; init; }

    private AbsentFiles? Absent { get; init; }

    internal static async Task<GitRevisionTree> OpenAsync(
        GitMirror mirror, string commit, string folder, SourceLimits limits, CancellationToken cancellationToken,
        LfsFiles? largeFiles = null, AbsentFiles? absent = null)
    {
        var listing = await mirror.ListAsync(commit, folder, cancellationToken);
        var prefix = folder.Length == 0 ? "" : folder + "/";
        var rules = new TreeRules(prefix, limits);
        var links = new List<RevisionFile>();
        long? absentSize = PartialFetch.IsPartial(mirror.Folder) ? limits.LargeFileBytes : null;
        foreach (var range in Entries(listing))
            Add(rules, links, absentSize, listing.AsSpan(range));
        if (links.Count > 0)
            await AddLinksAsync(mirror, rules, links, limits, cancellationToken);
        var small = Small(rules.Files.Values);
        var contents = await mirror.ReadAsync([commit, .. small.Select(file => file.ObjectId)], MostAtOnce, cancellationToken);
        return new GitRevisionTree(
            mirror, CommitFacts.Parse(commit, contents[0]), prefix, rules,
            small.Zip(contents.Skip(1)).DistinctBy(pair => pair.First.ObjectId)
                .ToDictionary(pair => pair.First.ObjectId, pair => pair.Second, StringComparer.Ordinal))
        {
            LargeFiles = largeFiles,
            Absent = absent,
        };
    }

    public string? PathOf(RevisionFile file) => null;

    public async Task<ImmutableArray<byte[]>> ReadAsync(ImmutableArray<RevisionFile> files, CancellationToken cancellationToken)
    {
        var known = _small.TryGetTarget(out var small) ? small : [];
        var others = files.Where(file => !known.ContainsKey(file.ObjectId)).ToArray();
        var read = others.Length == 0
            ? []
            : await _mirror.ReadAsync([.. others.Select(file => file.ObjectId)], others.Sum(file => file.Size), cancellationToken);
        var next = 0;
        return [.. files.Select(file => known.TryGetValue(file.ObjectId, out var content) ? content : read[next++])];
    }

    public Task StreamAsync(RevisionFile file, Func<Stream, CancellationToken, Task> read, CancellationToken cancellationToken) =>
        !file.IsAbsent ? _mirror.StreamAsync(file.ObjectId, read, cancellationToken)
        : Absent is { } absent ? absent.StreamAsync(file, read, cancellationToken)
        : throw new GitSourceException(
            file.Path, SourceFailure.SourceMissing, $"the content of {file.Path} is not in the repository, which was cloned without it");

    /// <summary>A link's text is its content, and is read only where links are followed.</summary>
    private static async Task AddLinksAsync(
        GitMirror mirror, TreeRules rules, List<RevisionFile> links, SourceLimits limits, CancellationToken cancellationToken)
    {
        RevisionFile[] readable = [.. links.Where(link => link.Size <= limits.PathLength).Take(TreeRules.MostLinks)];
        var texts = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (readable.Length > 0)
        {
            var contents = await mirror.ReadAsync(
                [.. readable.Select(link => link.ObjectId)], readable.Sum(link => link.Size), cancellationToken);
            foreach (var (link, content) in readable.Zip(contents))
                texts[link.Path] = content;
        }

        foreach (var link in links)
            rules.AddSymlink(link.Path, texts.TryGetValue(link.Path, out var content) ? TextOf(content) : null);
        rules.FollowLinks();
    }

    private static string? TextOf(byte[] content)
    {
        try
        {
            return StrictUtf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    /// <summary>The files that are most likely wanted first, as many as are read at once.</summary>
    private static List<RevisionFile> Small(IEnumerable<RevisionFile> files)
    {
        var (chosen, total) = (new List<RevisionFile>(), 0L);
        foreach (var file in files.Where(file => file.Size <= SmallFile).OrderBy(IsOther).ThenBy(file => file.Path, StringComparer.Ordinal))
        {
            total += file.Size;
            if (total > MostAtOnce)
                break;
            chosen.Add(file);
        }

        return chosen;
    }

    private static bool IsOther(RevisionFile file) =>
        !file.Path.EndsWith("modelops.yaml", StringComparison.Ordinal) && !file.Path.Contains("odelfile", StringComparison.Ordinal);

    /// <summary>git writes no number for an object that is not there or not readable.</summary>
    private static RevisionFile FileOf(string[] fields, string path, long? absentSize) =>
        long.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? new RevisionFile(path, fields[2], size)
            : absentSize is { } least ? new RevisionFile(path, fields[2], least) { IsAbsent = true }
            : throw new GitSourceException(path, SourceFailure.SourceInvalid, $"the content of {path} is not in the repository");

    private static IEnumerable<Range> Entries(byte[] listing)
    {
        for (var start = 0; start < listing.Length;)
        {
            var end = Array.IndexOf(listing, (byte)0, start);
            yield return start..end;
            start = end + 1;
        }
    }

    /// <summary>One entry: <c>mode type id size TAB path</c>.</summary>
    private static void Add(TreeRules rules, List<RevisionFile> links, long? absentSize, ReadOnlySpan<byte> entry)
    {
        var tab = entry.IndexOf((byte)'\t');
        var fields = Encoding.ASCII.GetString(entry[..tab]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string path;
        try
        {
            path = StrictUtf8.GetString(entry[(tab + 1)..]);
        }
        catch (DecoderFallbackException)
        {
            rules.AddUnreadableName(Encoding.Latin1.GetString(entry[(tab + 1)..]));
            return;
        }

        switch (fields[0])
        {
            case "120000":
                if (rules.FollowsSymlinks)
                    links.Add(FileOf(fields, path, absentSize));
                else
                    rules.AddSymlink(path, target: null);
                break;
            case "160000":
                rules.AddSubmodule(path);
                break;
            default:
                rules.AddFile(FileOf(fields, path, absentSize));
                break;
        }
    }
}
