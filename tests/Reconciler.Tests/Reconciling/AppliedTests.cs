using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>Applied means served: by every model, with its policy, with nothing held, failed, blocked or waiting.</summary>
public sealed class AppliedTests : IAsyncDisposable
{
    private readonly ReconcileHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_wrong_gate_together_with_a_parameter_is_not_in_force_however_often_it_is_looked_at()
    {
        var good = _host.Commit(Gated("ok"), ("Modelfile", "FROM w.gguf\nSYSTEM good"));
        await _host.StartAsync();
        Assert.True((await _host.SyncAsync()).Ready);
        _host.Commit(Gated("never"), ("Modelfile", "FROM w.gguf\nSYSTEM good\nPARAMETER top_k 3"));

        for (var poll = 0; poll < 3; poll++)
        {
            var status = await _host.SyncAsync();
            Assert.Equal(good, status.Source!.Applied);
            Assert.Equal((false, true, SyncState.OutOfSync), (status.Ready, status.Serving, status.Sync));
            Assert.Equal(ConditionReason.GateFailed, status.Models[0].Reason);
        }
    }

    [Fact]
    public async Task On_a_fresh_home_nothing_is_in_force_while_the_only_model_is_held()
    {
        _host.Commit(Gated("never"), ("Modelfile", "FROM w.gguf"));
        await _host.StartAsync();

        for (var poll = 0; poll < 3; poll++)
        {
            var status = await _host.SyncAsync();
            Assert.Null(status.Source!.Applied);
            Assert.Equal((false, false), (status.Ready, status.Serving));
            Assert.Equal(HealthState.Missing, status.Models[0].Health);
        }
    }

    [Fact]
    public async Task A_model_that_was_rolled_back_by_command_takes_its_revision_out_of_force()
    {
        const string One = "  models:\n    - { name: a, modelfile: Modelfile }\n";
        _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        var second = _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM two"));
        Assert.Equal(second, (await _host.SyncAsync()).Source!.Applied);

        await _host.AskAsync(new ControlCommand.Rollback(ModelName.Parse("a")), reason: "it is rude");
        var status = await _host.SyncAsync();

        Assert.Null(status.Source!.Applied);
        Assert.Equal((false, true), (status.Ready, status.Serving));
    }

    [Fact]
    public async Task A_removal_that_is_blocked_keeps_its_revision_out_of_force()
    {
        var first = _host.Commit("  models:\n    - { name: a, inline: FROM w.gguf }\n");
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit("  models: []\n");

        var status = await _host.SyncAsync();

        Assert.Equal(first, status.Source!.Applied);
        Assert.False(status.Ready);
        Assert.Contains(status.Conditions, condition => condition is { Type: ConditionType.Ready, Reason: ConditionReason.PruneBlocked });
    }

    [Fact]
    public async Task A_new_model_that_cannot_be_loaded_does_not_make_the_others_unservable()
    {
        _host.Commit("  models:\n    - { name: a, inline: FROM w.gguf }\n");
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Runtime.OnWarm = (name, _) => throw new ModelRuntimeException(name, "no room");
        _host.Commit("  models:\n    - { name: a, inline: FROM w.gguf }\n    - { name: b, inline: FROM w.gguf, residency: { mode: always } }\n");

        var status = await _host.SyncAsync();

        Assert.Equal((false, true), (status.Ready, status.Serving));
    }

    private static string Gated(string expected) =>
        "  models:\n    - { name: a, modelfile: Modelfile, rollout: { gate: { smoke: [ { prompt: hi, expect: { contains: " + expected
        + " } } ] } } }\n";
}
