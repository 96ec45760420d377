namespace ModelOps.Reconciler.Sources;

/// <summary>Revisions from a git repository, near or far.</summary>
internal sealed class GitSource(SourceLocation location, GitMirror mirror, SourceOptions options) : IRepositorySource
{
    public string Display => location.Display;

    public bool IsWorkTree => location.IsWorkTree;

    public Task<string> FindTipAsync(CancellationToken cancellationToken) => mirror.FindTipAsync(cancellationToken);

    public async Task<string> FetchAsync(string tip, CancellationToken cancellationToken) =>
        await mirror.HasAsync(tip, cancellationToken) ? tip : await mirror.FetchAsync(tip, cancellationToken);

    public Task<bool> DescendsAsync(string revision, string ancestor, CancellationToken cancellationToken) =>
        mirror.IsAncestorAsync(ancestor, revision, cancellationToken);

    public Task KeepAsync(string revision, CancellationToken cancellationToken) => mirror.KeepAsync(revision, cancellationToken);

    public async Task<IRevisionTree> OpenAsync(string revision, CancellationToken cancellationToken)
    {
        if (!await mirror.HasAsync(revision, cancellationToken))
            throw new GitSourceException(Display, SourceFailure.SourceMissing, $"{Display}: commit {revision} is not in the mirror");
        return await GitRevisionTree.OpenAsync(mirror, revision, location.Folder, options.Limits, cancellationToken);
    }
}
