using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Registry;

namespace ModelOps.ModelStore.Tests.Registry;

/// <summary>A store, a faulty registry and a client between them, with small parts and short waits.</summary>
public sealed class Pulling : IAsyncDisposable
{
    private Pulling(FaultyRegistry registry, RegistryOptions? options)
    {
        Registry = registry;
        Client = new RegistryClient(Some.Store, options ?? Quick, TimeProvider.System);
    }

    public static RegistryOptions Quick { get; } = new()
    {
        SmallestPart = 100_000,
        LargestPart = 100_000,
        StallTimeout = TimeSpan.FromSeconds(20),
        FirstPause = TimeSpan.FromMilliseconds(1),
        LongestPause = TimeSpan.FromMilliseconds(20),
        ProgressInterval = TimeSpan.FromMilliseconds(5),
        Attempts = 4,
    };

    public Some Some { get; } = new();

    public FaultyRegistry Registry { get; }

    public RegistryClient Client { get; }

    public List<ProgressLine> Lines { get; } = [];

    /// <summary>The lines without those of single blobs.</summary>
    public IEnumerable<string> Statuses => Lines.Where(line => line.Digest.Length == 0).Select(line => line.Status);

    public static async Task<Pulling> StartAsync(RegistryOptions? options = null) => new(await FaultyRegistry.StartAsync(), options);

    public static byte[] Content(int length)
    {
        var content = new byte[length];
        new Random(length).NextBytes(content);
        return content;
    }

    public async Task PullAsync(ModelName name) =>
        await Client.PullAsync(name, insecure: true, Lines.Add, TestContext.Current.CancellationToken);

    public void AssertStored(ModelName name, params byte[][] contents)
    {
        Assert.NotNull(Some.Store.Find(name));
        foreach (var content in contents)
            Assert.Equal(content, Some.Store.Blobs.Read(Digest.Of(content)));
        Assert.Empty(Directory.GetFiles(Some.Store.Blobs.Folder, "*-partial*"));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Registry.DisposeAsync();
        Some.Dispose();
    }
}
