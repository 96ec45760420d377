using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Execution;

public sealed class NameSwitchTests : IDisposable
{
    private readonly ExecutionHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task The_replaced_build_is_kept_for_going_back()
    {
        var (old, next) = (ExecutionHost.Model("a", "old"), ExecutionHost.Model("a", "new"));
        await _host.ApplyAsync(ExecutionHost.State(old));
        var before = _host.Store.Find(old.Name)!.Digest;
        await _host.ApplyAsync(ExecutionHost.State(next));

        Assert.Equal(before, _host.Store.Find(ReservedNames.Kept(old.Name, old.Inputs))?.Digest);
        Assert.Equal("new", _host.SystemOf("a"));
    }

    [Fact]
    public async Task A_removal_leaves_a_name_alone_that_is_not_ours_any_more()
    {
        await _host.ApplyAsync(ExecutionHost.State(ExecutionHost.Model("a"), ExecutionHost.Model("b")));
        await _host.Switching.PruneAsync(ExecutionHost.Name("a"), default);
        Assert.Null(_host.SystemOf("a"));
        _host.Store.Copy(ExecutionHost.Name("b"), ExecutionHost.Name("a"));

        await _host.Switching.PruneAsync(ExecutionHost.Name("a"), default);

        Assert.Equal("hello", _host.SystemOf("a"));
    }

    [Fact]
    public async Task Going_back_serves_the_kept_build_under_every_name_of_the_model()
    {
        var aliases = (ModelSpec spec) => spec with { Aliases = [ExecutionHost.Name("x")] };
        var (old, next) = (ExecutionHost.Model("a", "old", spec: aliases), ExecutionHost.Model("a", "new", spec: aliases));
        await _host.ApplyAsync(ExecutionHost.State(old));
        await _host.ApplyAsync(ExecutionHost.State(next));
        _host.Switching.GoBack(next, _host.Store.Find(ReservedNames.Kept(old.Name, old.Inputs))!, warm: null, new RequestRecord("", "rollback", "", "", "", "", default));

        Assert.Equal("old", _host.SystemOf("a"));
        Assert.Equal("old", _host.SystemOf("x"));
        Assert.Equal(old.Inputs, _host.Managed.Find(ExecutionHost.Name("x"))!.Inputs);
    }

    [Fact]
    public async Task A_build_in_memory_takes_over_each_name_that_is_switched_to_it()
    {
        await _host.ApplyAsync(ExecutionHost.State(ExecutionHost.Model("a", "old", spec: Pinned("x"))));
        _host.Runtime.Calls.Clear();
        await _host.ApplyAsync(ExecutionHost.State(ExecutionHost.Model("a", "new", spec: Pinned("x"))));

        Assert.Equal(["commit a", "commit x"], _host.Runtime.Calls.Where(call => call.StartsWith("commit", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_build_in_memory_that_its_gate_refuses_takes_over_no_name()
    {
        await _host.ApplyAsync(ExecutionHost.State(ExecutionHost.Model("a", "old", spec: Pinned("x"))));
        _host.Runtime.Calls.Clear();
        var smoke = new SmokeSpec("?", Contains: "never", Regex: null, 8, TimeSpan.FromSeconds(5));
        await _host.ApplyAsync(
            ExecutionHost.State(
                ExecutionHost.Model("a", "new", spec: spec => Pinned("x")(spec) with { Rollout = new RolloutSpec { Gate = new GateSpec { Smoke = [smoke] } } })));

        Assert.Contains(_host.Runtime.Calls, call => call.StartsWith("warm", StringComparison.Ordinal));
        Assert.DoesNotContain(_host.Runtime.Calls, call => call.StartsWith("commit", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_goes_is_unloaded_and_forgotten_and_its_build_is_kept()
    {
        var model = ExecutionHost.Model("a");
        await _host.ApplyAsync(ExecutionHost.State(model, ExecutionHost.Model("b", "other")));
        await _host.ApplyAsync(ExecutionHost.State(ExecutionHost.Model("b", "other")));

        Assert.Null(_host.Store.Find(model.Name));
        Assert.Null(_host.Managed.Find(model.Name));
        Assert.DoesNotContain(model.Name, _host.Runtime.Policies.Models.Keys);
        Assert.Contains("unload a", _host.Runtime.Calls);
        Assert.NotNull(_host.Store.Find(ReservedNames.Kept(model.Name, model.Inputs)));
    }

    [Fact]
    public async Task Only_the_newest_kept_builds_stay_and_none_that_is_too_old()
    {
        foreach (var system in new[] { "one", "two", "three", "four" })
            await _host.ApplyAsync(ExecutionHost.State(ExecutionHost.Model("a", system)));
        Assert.Equal(3, Kept());
        _host.Switching.TrimKept(count: 2, oldest: DateTimeOffset.MinValue);
        Assert.Equal(2, Kept());
        _host.Switching.TrimKept(count: 2, oldest: DateTimeOffset.MaxValue);
        Assert.Equal(0, Kept());
        Assert.NotNull(_host.Builds.Find(ExecutionHost.Model("a", "four").Inputs));
        Assert.Null(_host.Builds.Find(ExecutionHost.Model("a", "one").Inputs));
        Assert.Equal("four", _host.SystemOf("a"));
    }

    [Fact]
    public async Task What_a_killed_process_staged_is_taken_away_and_nothing_else()
    {
        var model = ExecutionHost.Model("a");
        await _host.ApplyAsync(ExecutionHost.State(model));
        var spared = ReservedNames.Staged(model.Name, new string('8', 64));
        var another = ReservedNames.Staged(ModelName.Parse("b"), new string('9', 64));
        _host.Store.Copy(model.Name, ReservedNames.Staged(model.Name, new string('9', 64)));
        _host.Store.Copy(model.Name, spared);
        _host.Store.Copy(model.Name, another);
        _host.Switching.UnstageAll([model.Name], new HashSet<ModelName> { spared });

        // What is gone on with stays, and what another home that shares the store works on.
        Assert.Equal(
            new HashSet<ModelName> { model.Name, spared, another }, _host.Store.ListAll().Select(stored => stored.Name).ToHashSet());
    }

    [Theory]
    [InlineData("a", "A", true)]
    [InlineData("a", "b", false)]
    [InlineData("a:latest", "a:other", false)]
    [InlineData("a", "other/a", false)]
    public void Two_models_share_reserved_names_exactly_when_they_are_one(string one, string other, bool same) =>
        Assert.Equal(
            same,
            ReservedNames.ModelPart(ModelName.Parse(one))
                .Equals(ReservedNames.ModelPart(ModelName.Parse(other)), StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void The_reserved_name_of_the_longest_model_can_be_stored() =>
        Assert.True(ReservedNames.Staged(ModelName.Parse(new string('m', 80)), new string('1', 64)).IsValid);

    private static Func<ModelSpec, ModelSpec> Pinned(string alias) =>
        spec => spec with { Residency = new ResidencySpec(ResidencyMode.Always), Aliases = [ExecutionHost.Name(alias)] };

    private int Kept() => _host.Store.ListAll().Count(stored => stored.Name is { IsReserved: true, Namespace: ReservedNames.KeptSpace });
}
