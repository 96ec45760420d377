using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Execution;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Execution;

public sealed class OperationsTests : IDisposable
{
    private readonly ExecutionHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Every_step_is_written_down_before_it_is_done_and_after()
    {
        var outcomes = await _host.ApplyAsync(ExecutionHost.State(ExecutionHost.Model("a", spec: Pinned(0))));

        Assert.IsType<ModelOutcome.Done>(Assert.Single(outcomes));
        Assert.Equal(["Build Intended", "Build Done", "Warm Intended", "Warm Done", "Switch Intended", "Switch Done"], _host.Journal);
    }

    [Fact]
    public async Task After_applying_nothing_is_planned()
    {
        var desired = ExecutionHost.State(
            ExecutionHost.Model("a", spec: Pinned(0)),
            ExecutionHost.Model("b", spec: spec => spec with { Aliases = [ExecutionHost.Name("x")] }), ExecutionHost.Model("c", on: "b"));
        await _host.ApplyAsync(desired);

        Assert.Empty(_host.Plan(desired).Models);
        Assert.DoesNotContain(_host.Store.ListAll(), stored => stored.Name is { IsReserved: true, Namespace: ReservedNames.StagedSpace });
    }

    [Fact]
    public async Task A_model_is_built_after_those_it_is_built_from()
    {
        var outcomes = await _host.ApplyAsync(
            ExecutionHost.State(ExecutionHost.Model("a", on: "b"), ExecutionHost.Model("b", on: "c"), ExecutionHost.Model("c")));

        Assert.All(outcomes, outcome => Assert.IsType<ModelOutcome.Done>(outcome));
        Assert.Equal("hello", _host.SystemOf("a"));
    }

    [Fact]
    public async Task What_is_built_from_a_model_that_failed_is_not_tried_and_the_others_are_served()
    {
        var outcomes = await _host.ApplyAsync(
            ExecutionHost.State(
                ExecutionHost.Model("a", weights: "broken.gguf"), ExecutionHost.Model("b", on: "a"), ExecutionHost.Model("c")));

        var reasons = outcomes.OfType<ModelOutcome.Failed>().ToDictionary(outcome => outcome.Model.Model, outcome => outcome.Reason);
        Assert.Equal("BuildFailed", reasons["a"]);
        Assert.Equal("DependencyNotReady", reasons["b"]);
        Assert.Null(_host.SystemOf("b"));
        Assert.Equal("hello", _host.SystemOf("c"));
    }

    [Fact]
    public async Task Pinned_models_come_first_and_by_priority()
    {
        using var host = new ExecutionHost(options => options with { Parallelism = 1 });
        await host.ApplyAsync(ExecutionHost.State(
            ExecutionHost.Model("a", spec: Asked(new SmokeSpec("?", Contains: null, Regex: null, 8, TimeSpan.FromSeconds(5)))),
            ExecutionHost.Model("b", spec: Pinned(1)),
            ExecutionHost.Model("c", spec: Pinned(2))));

        var order = host.Runtime.Calls.Where(call => call.StartsWith("warm", StringComparison.Ordinal))
            .Select(call => call["warm staged/".Length]);
        Assert.Equal("cba", string.Concat(order));
    }

    [Fact]
    public async Task Removals_come_last()
    {
        await _host.ApplyAsync(ExecutionHost.State(ExecutionHost.Model("a"), ExecutionHost.Model("b")));
        _host.Journal.Clear();
        await _host.ApplyAsync(ExecutionHost.State(ExecutionHost.Model("b", "other"), ExecutionHost.Model("c")));

        Assert.Equal(["Prune Intended", "Prune Done"], _host.Journal.TakeLast(2));
        Assert.Null(_host.SystemOf("a"));
    }

    [Fact]
    public async Task Work_that_is_cancelled_while_it_loads_leaves_the_served_build_alone()
    {
        await _host.ApplyAsync(ExecutionHost.State(ExecutionHost.Model("a", "old", spec: Pinned(0))));
        var loading = new TaskCompletionSource();
        _host.Runtime.OnWarm = (_, token) =>
        {
            loading.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, token);
        };
        _host.Begin(ExecutionHost.State(ExecutionHost.Model("a", "new", spec: Pinned(0))));
        await loading.Task;
        _host.Begin(ExecutionHost.State(ExecutionHost.Model("a", "old", spec: Pinned(0))));

        Assert.IsType<ModelOutcome.Cancelled>(Assert.Single(await _host.EndAsync()));
        Assert.Equal("old", _host.SystemOf("a"));
        Assert.Empty(_host.Records.All);
        Assert.DoesNotContain(_host.Store.ListAll(), stored => stored.Name is { IsReserved: true, Namespace: ReservedNames.StagedSpace });
    }

    [Fact]
    public async Task What_leads_to_the_same_goes_on_and_is_not_begun_again()
    {
        var (loading, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        _host.Runtime.OnWarm = (_, token) =>
        {
            loading.TrySetResult();
            return mayEnd.Task.WaitAsync(token);
        };
        var desired = ExecutionHost.State(ExecutionHost.Model("a", spec: Pinned(0)));
        Assert.Single(_host.Begin(desired));
        await loading.Task;

        Assert.Empty(_host.Begin(ExecutionHost.State(ExecutionHost.Model("a", spec: Pinned(0)))));
        Assert.Equal(nameof(Reconciler.Status.ModelPhase.Warming), Assert.Single(_host.Records.All.Values).Phase);
        mayEnd.SetResult();

        Assert.IsType<ModelOutcome.Done>(Assert.Single(await _host.EndAsync()));
        Assert.Single(_host.Runtime.Calls, call => call.StartsWith("warm", StringComparison.Ordinal));
        Assert.Empty(_host.Records.All);
    }

    [Fact]
    public async Task Operations_may_end_at_any_moment_while_what_is_wanted_is_said_again()
    {
        var desired = ExecutionHost.State([.. Enumerable.Range(0, 40).Select(number => ExecutionHost.Model($"m{number}", $"{number}"))]);
        var outcomes = new List<ModelOutcome>();
        do
        {
            _host.Begin(desired);
            outcomes.AddRange(_host.Operations.TakeEnded().Select(ended => ended.Outcome));
        }
        while (!_host.Operations.IsIdle);
        outcomes.AddRange(await _host.EndAsync());

        Assert.Equal(40, outcomes.Count);
        Assert.All(outcomes, outcome => Assert.IsType<ModelOutcome.Done>(outcome));
        Assert.Empty(_host.Plan(desired).Models);
    }

    [Fact]
    public async Task A_cancelled_operation_never_switches_however_far_it_was()
    {
        await _host.ApplyAsync(ExecutionHost.State(ExecutionHost.Model("a", "old", spec: Pinned(0))));
        _host.Runtime.OnWarm = (_, _) =>
        {
            _host.Operations.Cancel(ExecutionHost.Name("a"));
            return Task.CompletedTask;
        };
        _host.Begin(ExecutionHost.State(ExecutionHost.Model("a", "new", spec: Pinned(0))));

        Assert.IsType<ModelOutcome.Cancelled>(Assert.Single(await _host.EndAsync()));
        Assert.Equal("old", _host.SystemOf("a"));
    }

    [Fact]
    public async Task A_load_that_takes_too_long_fails_with_the_limit_and_is_tried_again()
    {
        using var host = new ExecutionHost(options => options with { WarmTimeout = TimeSpan.FromMilliseconds(20) });
        host.Runtime.OnWarm = (_, token) => Task.Delay(Timeout.InfiniteTimeSpan, token);
        var outcomes = await host.ApplyAsync(ExecutionHost.State(ExecutionHost.Model("a", spec: Pinned(0))));

        var failed = Assert.IsType<ModelOutcome.Failed>(Assert.Single(outcomes));
        Assert.Equal("Timeout", failed.Reason);
        Assert.Contains("20ms", failed.Message, StringComparison.Ordinal);
        Assert.False(failed.IsPermanent);
        Assert.Null(host.SystemOf("a"));
    }

    [Fact]
    public async Task A_build_that_its_gate_refuses_is_held_and_its_staged_name_goes()
    {
        _host.Runtime.OnProbe = (_, _) => "no";
        var model = ExecutionHost.Model("a", spec: Asked(new SmokeSpec("Say ok.", "ok", Regex: null, 8, TimeSpan.FromSeconds(5))));
        var outcomes = await _host.ApplyAsync(ExecutionHost.State(model));

        Assert.IsType<ModelOutcome.Refused>(Assert.Single(outcomes));
        Assert.Equal(model.Inputs, _host.Holds.All[model.Name.FullName].Inputs);
        Assert.Empty(_host.Store.ListAll());
        Assert.DoesNotContain(
            _host.Plan(ExecutionHost.State(model)).Models.SelectMany(planned => planned.Steps), step => step.Word is "Build" or "Switch");
    }

    private static Func<ModelSpec, ModelSpec> Asked(SmokeSpec question) =>
        spec => spec with { Rollout = new RolloutSpec { Gate = new GateSpec { Smoke = [question] } } };

    private static Func<ModelSpec, ModelSpec> Pinned(int priority) => spec => spec with
    {
        Residency = new ResidencySpec(ResidencyMode.Always, KeepAlive: null, priority),
    };
}
