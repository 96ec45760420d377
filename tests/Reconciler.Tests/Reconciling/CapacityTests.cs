using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A pinned model that does not fit beside the others is told, and served on demand.</summary>
public sealed class CapacityTests : IAsyncDisposable
{
    // Weights that do not state their geometry count as a context of 256 MiB.
    private readonly ReconcileHost _host = new() { Capacity = new HostOptions { MemoryBudget = 300 << 20 } };

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task It_keeps_no_other_one_out_of_memory_and_the_status_has_the_arithmetic()
    {
        const string Pinned = "residency: { mode: always, priority: ";
        _host.Commit(
            $"  models:\n    - {{ name: low, inline: FROM w.gguf, runtime: {{ context: 64 }}, {Pinned}1 }} }}\n"
            + $"    - {{ name: high, inline: FROM w.gguf, runtime: {{ context: 128 }}, {Pinned}2 }} }}\n");
        await _host.StartAsync();

        var status = await _host.SyncAsync();

        Assert.Equal(ResidencyMode.Always, _host.Runtime.Policies.Models[ModelName.Parse("high")].Residency);
        Assert.Equal(ResidencyMode.OnDemand, _host.Runtime.Policies.Models[ModelName.Parse("low")].Residency);
        Assert.NotNull(_host.Store.Find(ModelName.Parse("low")));
        var short_ = Assert.Single(status.Conditions, condition => condition.Type == ConditionType.CapacityShort);
        Assert.Contains("low needs 268 MB, 46 MB of 315 MB are free; pinned: high 268 MB", short_.Message, StringComparison.Ordinal);
        Assert.Equal(ConditionReason.InsufficientMemory, status.Models.Single(model => model.Name == "low:latest").Reason);
        Assert.False(status.Ready);
        Assert.Contains(status.Diagnostics, diagnostic => diagnostic.Code == "DS2001");
    }

    [Fact]
    public async Task The_next_build_of_one_that_fits_no_more_is_served_on_demand_and_waits_for_no_memory()
    {
        const string Low = "  models:\n    - { name: low, modelfile: low, residency: { mode: always, priority: 1 } }\n";
        _host.Commit(Low, ("low", "FROM w.gguf\nSYSTEM one\nPARAMETER num_ctx 64"));
        await _host.StartAsync();
        await _host.SyncAsync();
        Assert.Contains(_host.Runtime.Loaded, model => model.Name.Model == "low");
        _host.Runtime.OnWarm = (name, _) => name.Model.StartsWith("low", StringComparison.Ordinal)
            ? throw new ModelRuntimeException(name, "model requires more memory than is available")
            : Task.CompletedTask;

        _host.Commit(
            Low + "    - { name: high, inline: FROM w.gguf, runtime: { context: 128 }, residency: { mode: always, priority: 2 } }\n",
            ("low", "FROM w.gguf\nSYSTEM two\nPARAMETER num_ctx 64"));
        var status = await _host.SyncAsync();

        Assert.Equal("two", _host.SystemOf("low"));
        Assert.Equal(ResidencyMode.OnDemand, _host.Runtime.Policies.Models[ModelName.Parse("low")].Residency);
        Assert.Equal(SyncState.Synced, status.Models.Single(model => model.Name == "low:latest").Sync);
    }
}
