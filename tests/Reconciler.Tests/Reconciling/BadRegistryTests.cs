using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A registry that sends what it did not promise, is away, or comes back: nothing false is ever served.</summary>
public sealed class BadRegistryTests : IAsyncDisposable
{
    private const string Models = "  models:\n    - { name: a, modelfile: a }\n    - { name: other, modelfile: o }\n";

    private readonly ReconcileHost _host = new();
    private readonly PulledBase _registry;
    private int _asked;

    public BadRegistryTests() => _host.Puller = _registry = new PulledBase(_host.Store);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task One_that_lies_is_asked_once_for_a_build_and_again_for_the_next()
    {
        var lies = true;
        _registry.OnHalf = () =>
        {
            _asked++;
            if (lies)
                throw new StoreException(new StoreFailure.OtherContent(Digest.Of("one"u8), Digest.Of("two"u8)), "base");
        };
        await ServeAsync();
        Change("a", "FROM base\nSYSTEM two");
        await _host.SyncAsync();
        Change("o", "FROM w.gguf\nSYSTEM later");
        await _host.SyncAsync();

        // The commit gave it another chance; between commits there is none, since the same bytes would come.
        var asked = _asked;
        await _host.SyncAsync();
        Assert.Equal((asked, "one", "later"), (_asked, _host.SystemOf("a"), _host.SystemOf("other")));
        Assert.Equal("DigestMismatch", _host.Board.Current.Models[0].Failure!.Reason);
        Assert.Null(_host.Board.Current.Models[0].Failure!.NextRetry);
        Assert.Null(_host.Store.Find(ModelName.Parse("base")));

        lies = false;
        Change("a", "FROM base\nSYSTEM three");
        await _host.SyncAsync();
        await _host.WaitForAsync(status => status.Ready && _host.SystemOf("a") == "three");
    }

    [Fact]
    public async Task One_that_is_away_is_asked_until_it_is_back_and_nobody_has_to_do_anything()
    {
        _host.FirstRetry = TimeSpan.FromMilliseconds(300);
        _registry.OnHalf = () =>
        {
            if (++_asked <= 3)
                throw new StoreException(new StoreFailure.RegistryFailed("the registry does not answer"), "base");
        };
        await ServeAsync();
        Change("a", "FROM base\nSYSTEM two");
        _host.Loop.Wake();

        await _host.WaitForAsync(status => status.Models[0].Failure is { Reason: "PullFailed", Attempts: >= 2, NextRetry: not null });
        Assert.Equal("one", _host.SystemOf("a"));
        await _host.WaitForAsync(status => status.Ready && _host.SystemOf("a") == "two");
        Assert.Equal(4, _asked);
        Assert.Single(_host.Board.Events, item => item.Type == EventKind.BuildFailed);
    }

    private async Task ServeAsync()
    {
        _host.Commit(Models, ("a", "FROM w.gguf\nSYSTEM one"), ("o", "FROM w.gguf\nSYSTEM other"));
        await _host.StartAsync();
        await _host.SyncAsync();
        Assert.Equal(("one", "other"), (_host.SystemOf("a"), _host.SystemOf("other")));
    }

    private void Change(string file, string text) => _host.Repository.Commit("a change", (file, text));
}
