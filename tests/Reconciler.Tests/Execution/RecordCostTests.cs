using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Tests.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Execution;

/// <summary>What it costs to have written down where the work on a model is.</summary>
public sealed class RecordCostTests : IDisposable
{
    /// <summary>Beside the phases: what was built is remembered, and whose the names are.</summary>
    private const int Kept = 2;

    private readonly ExecutionHost _host;

    public RecordCostTests()
    {
        DiskSyncs.Begin();
        _host = new ExecutionHost();
    }

    public void Dispose() => _host.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public async Task Each_phase_of_an_operation_costs_one_write_through_at_most(int models)
    {
        await _host.ApplyAsync(State(models, "one"));
        var desired = State(models, "two");
        var plan = _host.Plan(desired);
        Assert.All(plan.Models, model => Assert.Equal(
            ["Build", "Warm", "Gate", "Canary", "Switch"], model.Steps.Select(step => step.Word)));
        var before = DiskSyncs.Of(_host.DatabasePath);

        var outcomes = await _host.ApplyAsync(desired);

        Assert.All(outcomes, outcome => Assert.IsType<ModelOutcome.Done>(outcome));
        var phases = plan.Models.Sum(model => model.Steps.Length + 1);
        Assert.InRange(DiskSyncs.Of(_host.DatabasePath) - before, phases, phases + (Kept * models));
    }

    private static DesiredState State(int models, string system) => ExecutionHost.State(
    [
        .. Enumerable.Range(0, models).Select(index => ExecutionHost.Model($"m{index}", system, spec: spec => spec with
        {
            Residency = new ResidencySpec(ResidencyMode.Always, KeepAlive: null, 0),
            Rollout = new RolloutSpec
            {
                Gate = new GateSpec { Smoke = [new SmokeSpec("?", Contains: null, Regex: null, 8, TimeSpan.FromSeconds(5))] },
                Canary = new CanarySpec(10) { Duration = TimeSpan.FromMilliseconds(1) },
            },
        })),
    ]);
}
