using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A lost database forgets no ownership, no pin and no protection, and makes nothing of others ours.</summary>
public sealed class LostStateTests : IAsyncDisposable
{
    private const string Pinned =
        "  prune: { gracePeriod: 0s, maxDeletes: 100% }\n  models:\n    - { name: a, modelfile: Modelfile, aliases: [ b ], "
        + "residency: { mode: always, priority: 3 } }\n";

    private const string Guarded = "    - { name: g, inline: FROM w.gguf, protect: true }\n";

    private readonly ReconcileHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Nothing_is_forgotten_and_nothing_of_others_is_touched()
    {
        _host.Commit(Pinned + Guarded + "    - { name: c, inline: FROM w.gguf }\n", ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Store.Copy(ModelName.Parse("c"), ModelName.Parse("mine"));
        var served = _host.Store.List().ToDictionary(model => model.Name, model => model.Digest);
        await _host.StopAsync();
        _host.LoseState();
        _host.Commit(Pinned);

        await _host.StartAsync();
        Assert.Equal(
            (ResidencyMode.Always, 3), (Policy("a").Residency, Policy("a").Priority));
        var status = await _host.SyncAsync();

        Assert.Equal(["a:latest", "b:latest", "g:latest", "mine:latest"], Names());
        Assert.All(_host.Store.List(), model => Assert.Equal(served[model.Name], model.Digest));
        Assert.Equal(("g:latest", true), (Assert.Single(status.Orphans).Name, status.Orphans[0].Protected));
        Assert.Single(_host.Board.Events, item => item.Type == EventKind.StateRebuilt);
        Assert.DoesNotContain(_host.Board.Events, item => item.Type == EventKind.Switched);
        Assert.True(status.Ready);
    }

    [Fact]
    public async Task A_pin_is_back_before_the_source_answers()
    {
        _host.Commit(Pinned, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        await _host.StopAsync();
        _host.LoseState();
        File.WriteAllText(Path.Combine(_host.Repository.Path, ".git", "HEAD"), "ref: refs/heads/none\n");

        await _host.StartAsync();
        await _host.SyncAsync();

        Assert.Equal(ResidencyMode.Always, Policy("b").Residency);
        Assert.Equal("one", _host.SystemOf("a"));
    }

    [Fact]
    public async Task Names_of_another_home_in_the_same_store_are_not_ours()
    {
        _host.Commit(Pinned + Guarded, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        await _host.StopAsync();
        _host.LoseState();
        File.Delete(Path.Combine(_host.Home, "identity"));
        _host.Commit("  prune: { gracePeriod: 0s, maxDeletes: 100% }\n  models:\n    - { name: c, inline: FROM w.gguf }\n");

        await _host.StartAsync();
        var status = await _host.SyncAsync();

        Assert.Empty(status.Orphans);
        Assert.Equal(["a:latest", "b:latest", "c:latest", "g:latest"], Names());
    }

    [Fact]
    public async Task The_record_follows_a_name_until_it_goes_and_no_list_shows_it()
    {
        _host.Commit(Pinned, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        var record = Assert.Single(Records());
        Assert.Contains("/b:latest", Assert.Single(_host.Store.AnnotationsOf(record.Name)).Value, StringComparison.Ordinal);
        Assert.Equal(_host.Store.Find(ModelName.Parse("a"))!.Manifest.Blobs, record.Manifest.Blobs);
        Assert.Equal(_host.Store.Find(ModelName.Parse("a"))!.Digest, _host.Store.Find(ModelName.Parse("b"))!.Digest);

        _host.Commit("  prune: { gracePeriod: 0s }\n  models:\n    - { name: z, inline: FROM w.gguf }\n");
        await _host.SyncAsync();

        Assert.StartsWith("z-", Assert.Single(Records()).Name.Model, StringComparison.Ordinal);
        Assert.Equal(["z:latest"], _host.Store.List().Select(model => model.Name.ShortName));
    }

    private IEnumerable<string> Names() =>
        _host.Store.List().Select(model => model.Name.ShortName).Order(StringComparer.Ordinal);

    private IEnumerable<StoredModel> Records() =>
        _host.Store.ListAll().Where(model => model.Name is { IsReserved: true, Namespace: "managed" });

    private ModelPolicy Policy(string name) => _host.Runtime.Policies.Models[ModelName.Parse(name)];
}
