namespace ModelOps.EndToEnd.Hostile;

/// <summary>One server without a model, for tests that need none.</summary>
public sealed class BareServer : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    internal Daemon Daemon { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Daemon = await Daemon.StartAsync(null, _folder.Combine("home"));

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        _folder.Dispose();
    }
}
