using System.Net;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Registry;

/// <summary>Moves models between the store and registries. Any number of calls at a time; a blob is fetched once for all of them.</summary>
/// <remarks>
/// A pull that ends early, however it ends, leaves what it fetched to the next one. A name never means a model that is not complete.
/// Proxies are those of the options, else of the environment.
/// </remarks>
public sealed class RegistryClient : IModelPuller, IDisposable
{
    private readonly LocalStore _store;
    private readonly RegistryOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly SharedDownloads _downloads;
    private readonly Bandwidth _bandwidth;

    /// <summary>Reads and writes a store. Options say how.</summary>
    public RegistryClient(LocalStore store, RegistryOptions options, TimeProvider time)
    {
        _store = store;
        _options = options;
        _time = time;
        _http = new HttpClient(Handler(options), disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        _downloads = new SharedDownloads(options.ProgressInterval, time);
        _bandwidth = new Bandwidth(options.BytesPerSecond, time);
    }

    /// <summary>Fetches a model; reports every progress line, the last is <c>success</c>.</summary>
    /// <param name="name">What to fetch, canonical (<see cref="LocalStore.Canonicalise"/>).</param>
    /// <param name="insecure">Speaks plain HTTP.</param>
    /// <param name="progress">Receives every line, from this call's flow only.</param>
    /// <param name="cancellationToken">Ends it; the next pull resumes.</param>
    /// <exception cref="StoreException">It failed; the message is the reference's where it has one.</exception>
    public async Task PullAsync(ModelName name, bool insecure, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        using var session = new RegistrySession(_http, name, insecure, _options, _time);
        var pull = new ModelPull(_store, session, _downloads, Download, _options, _time);
        await GuardedAsync(name.FullName, () => pull.RunAsync(name, progress, cancellationToken));
    }

    /// <summary>Sends a model, as <see cref="PullAsync"/>. Blobs that the registry has are not sent again.</summary>
    /// <exception cref="StoreException">It failed; the message is the reference's where it has one.</exception>
    public async Task PushAsync(ModelName name, bool insecure, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        using var session = new RegistrySession(_http, name, insecure, _options, _time);
        var push = new ModelPush(_store, session, _http, _options, _time);
        await GuardedAsync(name.FullName, () => push.RunAsync(name, progress, cancellationToken));
    }

    /// <summary>Fetches a file of a web server as a blob, in parts and resumable as a pull is.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="pin">What it must be; null to take what comes.</param>
    /// <param name="progress">Receives the progress, from this call's flow only.</param>
    /// <param name="cancellationToken">Ends it; the next call resumes.</param>
    /// <exception cref="StoreException">It failed.</exception>
    public async Task<BlobWritten> FetchFileAsync(
        Uri address, Digest? pin, Action<ProgressLine> progress, CancellationToken cancellationToken)
    {
        if (pin is { } known && _store.Blobs.SizeOf(known) is { } size)
        {
            _store.Blobs.Touch(known);
            return new(known, size, Existed: true);
        }

        try
        {
            var source = await WebFile.FindAsync(_http, address, pin, _options, _time, cancellationToken);
            var file = address.Segments[^1];
            return await _downloads.JoinAsync(
                source.Name, () => Download(source),
                completed => progress(new($"pulling {file}", pin?.ToString() ?? "", source.Total, completed)), cancellationToken);
        }
        catch (Exception error) when (Failures.IsOfTheWorld(error))
        {
            throw StoreException.RegistryFailed(Failures.Text(error), address.ToString(), error);
        }
    }

    /// <inheritdoc/>
    public async Task<BlobWritten> FetchBlobAsync(
        Digest digest, long size, Func<long, long, CancellationToken, Task<HttpResponseMessage>> openAsync,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (_store.Blobs.Has(digest))
        {
            _store.Blobs.Touch(digest);
            return new(digest, size, Existed: true);
        }

        var source = new BlobSource(digest.FileName, digest, size, openAsync);
        return await _downloads.JoinAsync(source.Name, () => Download(source), _ => { }, cancellationToken);
    }

    /// <inheritdoc/>
    Task IModelPuller.PullAsync(ModelName name, Action<ProgressLine> progress, CancellationToken cancellationToken) =>
        PullAsync(name, insecure: false, progress, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler Handler(RegistryOptions options) => new()
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        Proxy = options.Proxy,
        ConnectTimeout = options.StallTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    private static async Task GuardedAsync(string subject, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception error) when (Failures.IsOfTheWorld(error))
        {
            throw Failures.Of(error, subject);
        }
    }

    private BlobDownload Download(BlobSource source) => new(_store.Blobs, source, _options, _bandwidth, _time);
}
