using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>Names that change, and names that were somebody else's.</summary>
public sealed class MoveTests : IAsyncDisposable
{
    private readonly ReconcileHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_rollback_that_takes_over_a_model_that_is_not_ours_tells_that_and_keeps_what_it_served()
    {
        const string Both = "  prune: { gracePeriod: 0s, maxDeletes: 100% }\n  models:\n    - { name: other, modelfile: o }\n"
            + "    - { name: a, modelfile: a }\n";
        _host.FirstRetry = TimeSpan.FromHours(1);
        _host.Commit(Both, ("a", "FROM w.gguf\nSYSTEM one"), ("o", "FROM w.gguf\nSYSTEM other"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit(Both.Replace("    - { name: a, modelfile: a }\n", "", StringComparison.Ordinal));
        await _host.SyncAsync();
        await _host.WaitForAsync(_ => _host.SystemOf("a") is null);
        var a = ModelName.Parse("a");
        _host.Meddle(store => store.Copy(ModelName.Parse("other"), a));
        _host.Runtime.OnWarm = (name, _) => throw new ModelRuntimeException(name, "no memory today");
        _host.Commit(Both.Replace("modelfile: a }", "modelfile: a, rollout: { gate: { smoke: [ { prompt: hi } ] } } }", StringComparison.Ordinal),
            ("a", "FROM w.gguf\nSYSTEM two"));
        await _host.SyncAsync();
        Assert.Equal("other", _host.SystemOf("a"));
        _host.Runtime.OnWarm = (_, _) => Task.CompletedTask;

        var back = await _host.AskAsync(new ControlCommand.Rollback(a));

        Assert.Equal((RequestOutcome.Done, "one"), (back.Outcome, _host.SystemOf("a")));
        var told = Assert.Single(_host.Board.Events, item => item.Type == EventKind.Adopted);
        Assert.Contains("which is kept", told.Message, StringComparison.Ordinal);
        Assert.Contains(_host.Store.ListAll(), stored => stored.Name.IsReserved && stored.Digest == told.Build);
    }

    [Fact]
    public async Task A_renamed_model_is_served_without_building_anything()
    {
        _host.Commit("  prune: { gracePeriod: 0s }\n  models:\n    - { name: old, modelfile: a }\n", ("a", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        var build = _host.Store.Find(ModelName.Parse("old"))!.Digest;
        _host.Commit("  prune: { gracePeriod: 0s }\n  models:\n    - { name: new, modelfile: a }\n");

        Assert.True((await _host.SyncAsync()).Ready);

        Assert.Equal(build, _host.Store.Find(ModelName.Parse("new"))!.Digest);
        Assert.Null(_host.Store.Find(ModelName.Parse("old")));
        Assert.Single(_host.Board.Events, item => item.Type == EventKind.BuildCompleted);
    }

    [Fact]
    public async Task A_model_that_was_not_managed_is_taken_over_with_an_event_and_can_be_gone_back_to()
    {
        _host.Commit("  models:\n    - { name: mine, modelfile: a }\n", ("a", "FROM w.gguf\nSYSTEM mine"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Store.Copy(ModelName.Parse("mine"), ModelName.Parse("taken"));
        Assert.DoesNotContain(_host.Board.Events, item => item.Type == EventKind.Adopted);
        _host.Commit("  models:\n    - { name: taken, modelfile: a }\n", ("a", "FROM w.gguf\nSYSTEM git"));

        await _host.SyncAsync();

        var told = Assert.Single(_host.Board.Events, item => item.Type == EventKind.Adopted);
        Assert.Equal(("taken:latest", "git"), (told.Subject, _host.SystemOf("taken")));
        Assert.Equal(
            RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Rollback(ModelName.Parse("taken"), told.Build[..12]))).Outcome);
        Assert.Equal("mine", _host.SystemOf("taken"));
    }

    [Theory]
    [InlineData("adopt: true", 1)]
    [InlineData("adopt: false", 0)]
    public async Task A_model_that_is_taken_over_as_it_is_keeps_its_build_and_that_is_told(string adopt, int told)
    {
        _host.Commit("  models:\n    - { name: mine, modelfile: a }\n", ("a", "FROM w.gguf\nSYSTEM mine"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Store.Copy(ModelName.Parse("mine"), ModelName.Parse("taken"));
        var build = _host.Store.Find(ModelName.Parse("taken"))!.Digest;
        _host.Commit($"  models:\n    - {{ name: mine, modelfile: a }}\n    - {{ name: taken, modelfile: a, {adopt} }}\n");
        await _host.SyncAsync();

        Assert.Equal(build, _host.Store.Find(ModelName.Parse("taken"))!.Digest);
        var events = _host.Board.Events.Where(item => item.Type == EventKind.Adopted).ToArray();
        Assert.Equal(told, events.Length);
        Assert.All(events, item => Assert.Equal(
            $"taken was no model of git and served build {build[..12]}, as git asks for; it is managed from now on", item.Message));
        Assert.DoesNotContain(_host.Board.Events, item => item.Type == EventKind.Switched && item.Subject == "taken:latest");
        Assert.True(_host.Board.Current.Ready);
    }
}
