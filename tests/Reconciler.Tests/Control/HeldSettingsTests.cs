using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Tests.Reconciling;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Control;

/// <summary>A held model goes by the settings of the build that it serves, and every surface says so, before and after a restart.</summary>
public sealed class HeldSettingsTests : IAsyncDisposable
{
    private const string Gate = ", rollout: { gate: { smoke: [ { prompt: Say ok, expect: { contains: ok } } ] } }";

    private readonly ReconcileHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_build_that_its_gate_refused_leaves_the_settings_as_they_are_also_after_a_restart()
    {
        var first = Commit("residency: { mode: onDemand, priority: 3 }, runtime: { context: 1024 }" + Gate, "one");
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Runtime.OnProbe = (_, _) => "no";
        Commit("residency: { mode: always, priority: 9 }, runtime: { context: 2048 }" + Gate, "two");
        await _host.SyncAsync();
        Check(first);

        await _host.StopAsync();
        await _host.StartAsync();
        await _host.SyncAsync();

        Check(first);
    }

    [Fact]
    public async Task A_model_that_a_person_holds_keeps_its_settings_also_after_a_rollback_and_a_restart()
    {
        Commit("residency: { priority: 2 }, runtime: { context: 512 }", "zero");
        await _host.StartAsync();
        await _host.SyncAsync();
        var second = Commit("residency: { mode: onDemand, priority: 3 }, runtime: { context: 1024 }", "one");
        await _host.SyncAsync();
        await _host.AskAsync(new ControlCommand.Hold(ModelName.Parse("a")));
        Commit("residency: { mode: always, priority: 9 }, runtime: { context: 2048 }", "two");
        await _host.SyncAsync();
        Check(second);
        await _host.AskAsync(new ControlCommand.Rollback(ModelName.Parse("a"), null));

        await _host.StopAsync();
        await _host.StartAsync();
        await _host.SyncAsync();

        Assert.Equal("zero", _host.SystemOf("a"));
        Check(second);
    }

    [Fact]
    public async Task All_four_digests_are_told_and_each_follows_its_own_part()
    {
        Commit("runtime: { context: 1024 }" + Gate, "one");
        await _host.StartAsync();
        await _host.SyncAsync();
        var first = Detail().Digests!;
        Commit("runtime: { context: 2048 }" + Gate, "one");
        await _host.SyncAsync();
        var wider = Detail().Digests!;
        Commit("runtime: { context: 2048 }", "one");
        await _host.SyncAsync();
        var ungated = Detail().Digests!;

        Assert.Equal((first.Inputs, first.Gate), (wider.Inputs, wider.Gate));
        Assert.NotEqual(first.LoadProfile, wider.LoadProfile);
        Assert.Equal((wider.Inputs, wider.LoadProfile), (ungated.Inputs, ungated.LoadProfile));
        Assert.NotEqual(wider.Gate, ungated.Gate);
        Assert.Equal(3, new[] { first.Attempt, wider.Attempt, ungated.Attempt }.Distinct().Count());
    }

    private string Commit(string settings, string system) =>
        _host.Commit($"  models:\n    - {{ name: a, modelfile: a, {settings} }}\n", ("a", $"FROM w.gguf\nSYSTEM {system}"));

    private void Check(string revision)
    {
        var detail = Detail();
        var policy = detail.Policy.ToDictionary(setting => setting.Name, setting => setting.Value);
        Assert.NotNull(detail.Model.Hold);
        Assert.Equal(
            ("onDemand", "3", "1024", "default"),
            (policy["residency.mode"], policy["residency.priority"], policy["runtime.context"], policy["runtime.parallel"]));
        Assert.Equal(revision, detail.Revision);
        Assert.Equal(ResidencyMode.OnDemand, detail.Model.Residency);
    }

    private ModelDetail Detail() => ModelDetail.Of(
        "a:latest", _host.Board, name => _host.Runtime.Policies.Models.GetValueOrDefault(ModelName.Parse(name)), _host.Chronicle)!;
}
