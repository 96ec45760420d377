using System.Collections.Immutable;

namespace ModelOps.Reconciler.Sources;

/// <summary>Revisions from a git repository, near or far, at one or several addresses.</summary>
internal sealed class GitSource(SourceLocation location, GitMirror mirror, SourceOptions options, string git) : IRepositorySource
{
    // Which address answered last: the one that what was found there is fetched from.
    private string _answering = location.Address;

    public string Display => location.Display;

    public bool IsWorkTree => location.IsWorkTree;

    public string Git => git;

    public LargeFileTransfer? LargeFiles => mirror.Partial.Transfer;

    public string Remote => GitErrorText.Scrub(_answering);

    /// <summary>The one that answered last comes first.</summary>
    private string[] Addresses => [.. options.FurtherLocations.Prepend(location.Address).Prepend(_answering).Distinct()];

    public async Task<string> FindTipAsync(CancellationToken cancellationToken)
    {
        var failures = new List<GitSourceException>();
        foreach (var address in options.FurtherLocations.Prepend(location.Address))
        {
            try
            {
                var tip = await mirror.FindTipAsync(address, cancellationToken);
                var isFallback = failures.Count > 0;
                _answering = address;
                return isFallback ? await NotBehindAsync(tip, cancellationToken) : tip;
            }
            catch (GitSourceException error) when (!options.FurtherLocations.IsEmpty)
            {
                failures.Add(error);
            }
        }

        throw failures.Count == 1 ? failures[0] : new GitSourceException(
            Display, failures.Exists(failure => failure.IsTransient) ? SourceFailure.FetchFailed : failures[0].Failure,
            string.Join("; ", failures.Select(failure => failure.Message)));
    }

    public async Task<string> FetchAsync(string tip, CancellationToken cancellationToken) =>
        await mirror.HasAsync(tip, cancellationToken) ? tip : await mirror.FetchAsync(_answering, tip, cancellationToken);

    public Task<bool> DescendsAsync(string revision, string ancestor, CancellationToken cancellationToken) =>
        mirror.IsAncestorAsync(ancestor, revision, cancellationToken);

    public Task<ImmutableArray<string>> HistoryAsync(
        string revision, string? after, int most, CancellationToken cancellationToken) =>
        mirror.HistoryAsync(revision, after, most, cancellationToken);

    public Task<ImmutableArray<byte[]>> CommitsAsync(ImmutableArray<string> commits, CancellationToken cancellationToken) =>
        mirror.CommitsAsync(commits, cancellationToken);

    public Task KeepAsync(string revision, CancellationToken cancellationToken) => mirror.KeepAsync(revision, cancellationToken);

    public async Task<IRevisionTree> OpenAsync(string revision, CancellationToken cancellationToken) =>
        Directory.Exists(mirror.Folder)
            ? await GitRevisionTree.OpenAsync(
                mirror, revision, location.Folder, options.Limits, cancellationToken, mirror.LargeFiles(revision, Addresses),
                new AbsentFiles(mirror, Addresses))
            : throw new GitSourceException(Display, SourceFailure.SourceMissing, $"{Display}: commit {revision} is not in the mirror");

    /// <summary>A copy of the repository may lag. What it has then is in the history of what is here already, and nothing is new.</summary>
    private async Task<string> NotBehindAsync(string tip, CancellationToken cancellationToken)
    {
        var known = mirror.Tip;
        return known is not null && known != tip && await mirror.HasAsync(tip, cancellationToken)
            && await mirror.IsAncestorAsync(tip, known, cancellationToken)
            ? known
            : tip;
    }
}
