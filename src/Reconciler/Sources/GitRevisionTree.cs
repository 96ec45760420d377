using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.Sources;

/// <summary>The files of one commit, read from the mirror's object store.</summary>
internal sealed class GitRevisionTree : IRevisionTree
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly GitMirror _mirror;

    private GitRevisionTree(GitMirror mirror, RevisionFacts facts, string prefix, TreeRules rules)
    {
        _mirror = mirror;
        Facts = facts;
        Prefix = prefix;
        Files = rules.Files;
        Problems = rules.Problems;
    }

    public RevisionFacts Facts { get; }

    public string Prefix { get; }

    public FrozenDictionary<string, RevisionFile> Files { get; }

    public ImmutableArray<Diagnostic> Problems { get; }

    internal static async Task<GitRevisionTree> OpenAsync(
        GitMirror mirror, string commit, string folder, SourceLimits limits, CancellationToken cancellationToken)
    {
        var facts = await mirror.DescribeAsync(commit, cancellationToken);
        var listing = await mirror.ListAsync(commit, folder, cancellationToken);
        var prefix = folder.Length == 0 ? "" : folder + "/";
        var rules = new TreeRules(prefix, limits);
        foreach (var range in Entries(listing))
            Add(rules, listing.AsSpan(range));
        return new GitRevisionTree(mirror, facts, prefix, rules);
    }

    public string? PathOf(RevisionFile file) => null;

    public async Task<ImmutableArray<byte[]>> ReadAsync(ImmutableArray<RevisionFile> files, CancellationToken cancellationToken) =>
        files.IsEmpty
            ? []
            : [.. await _mirror.ReadAsync([.. files.Select(file => file.ObjectId)], files.Sum(file => file.Size), cancellationToken)];

    public Task StreamAsync(RevisionFile file, Func<Stream, CancellationToken, Task> read, CancellationToken cancellationToken) =>
        _mirror.StreamAsync(file.ObjectId, read, cancellationToken);

    /// <summary>git writes no number for an object that is not there or not readable.</summary>
    private static long SizeOf(string field, string path) =>
        long.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? size
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
    private static void Add(TreeRules rules, ReadOnlySpan<byte> entry)
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
                rules.AddSymlink(path);
                break;
            case "160000":
                rules.AddSubmodule(path);
                break;
            default:
                rules.AddFile(new RevisionFile(path, fields[2], SizeOf(fields[3], path)));
                break;
        }
    }
}
