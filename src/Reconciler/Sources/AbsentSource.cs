using System.Collections.Immutable;

namespace ModelOps.Reconciler.Sources;

/// <summary>A source that was not there at the start. Each look tries to open it again.</summary>
/// <param name="display">Its address, without credentials.</param>
/// <param name="open">Opens it, or throws.</param>
internal sealed class AbsentSource(string display, Func<CancellationToken, Task<IRepositorySource>> open) : IRepositorySource
{
    private IRepositorySource? _found;

    public string Display => _found?.Display ?? display;

    public bool IsWorkTree => _found?.IsWorkTree ?? false;

    public string Git => _found?.Git ?? "";

    public LargeFileTransfer? LargeFiles => _found?.LargeFiles;

    public string Remote => _found?.Remote ?? display;

    public async Task<string> FindTipAsync(CancellationToken cancellationToken) =>
        await (await OpenedAsync(cancellationToken)).FindTipAsync(cancellationToken);

    public async Task<string> FetchAsync(string tip, CancellationToken cancellationToken) =>
        await (await OpenedAsync(cancellationToken)).FetchAsync(tip, cancellationToken);

    public async Task<bool> DescendsAsync(string revision, string ancestor, CancellationToken cancellationToken) =>
        await (await OpenedAsync(cancellationToken)).DescendsAsync(revision, ancestor, cancellationToken);

    public async Task<ImmutableArray<string>> HistoryAsync(
        string revision, string? after, int most, CancellationToken cancellationToken) =>
        await (await OpenedAsync(cancellationToken)).HistoryAsync(revision, after, most, cancellationToken);

    public async Task<ImmutableArray<byte[]>> CommitsAsync(ImmutableArray<string> commits, CancellationToken cancellationToken) =>
        await (await OpenedAsync(cancellationToken)).CommitsAsync(commits, cancellationToken);

    public async Task KeepAsync(string revision, CancellationToken cancellationToken) =>
        await (await OpenedAsync(cancellationToken)).KeepAsync(revision, cancellationToken);

    public async Task<IRevisionTree> OpenAsync(string revision, CancellationToken cancellationToken) =>
        await (await OpenedAsync(cancellationToken)).OpenAsync(revision, cancellationToken);

    private async Task<IRepositorySource> OpenedAsync(CancellationToken cancellationToken) => _found ??= await open(cancellationToken);
}
