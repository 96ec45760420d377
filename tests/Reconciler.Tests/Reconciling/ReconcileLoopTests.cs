using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Reconciling;

public sealed class ReconcileLoopTests : IAsyncDisposable
{
    private const string One = "  models:\n    - { name: a, modelfile: Modelfile, aliases: [ b ] }\n";

    private const string AtOnce = "  prune: { gracePeriod: 0s }\n";

    private readonly ReconcileHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_commit_is_served_under_the_models_name_and_its_aliases()
    {
        var commit = _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();

        var status = await _host.SyncAsync();

        Assert.Equal("one", _host.SystemOf("a"));
        Assert.Equal("one", _host.SystemOf("b"));
        Assert.Equal(commit, status.Source!.Accepted);
        Assert.Equal(commit, status.Source.Applied);
        Assert.Equal((SyncState.Synced, HealthState.Healthy, true), (status.Sync, status.Health, status.Ready));
        Assert.Equal(commit, _host.Runtime.Policies.Models[ModelName.Parse("b")].Revision);
        Assert.Equal("modelops.yaml:6", _host.Runtime.Policies.Models[ModelName.Parse("a")].DeclaredAt);
    }

    [Fact]
    public async Task A_changed_system_prompt_is_served_after_the_next_pass()
    {
        _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM two"));

        await _host.SyncAsync();

        Assert.Equal("two", _host.SystemOf("a"));
        Assert.Equal("two", _host.SystemOf("b"));
        Assert.DoesNotContain(_host.Runtime.Calls, call => call.StartsWith("warm", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_broken_commit_is_told_with_its_place_and_the_last_good_one_keeps_serving()
    {
        var good = _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        var bad = _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYTEM two\nPARAMETER top_k many"));

        var status = await _host.SyncAsync();

        Assert.Equal("one", _host.SystemOf("a"));
        Assert.Equal((good, good, bad), (status.Source!.Accepted, status.Source.Applied, status.Source.Tip));
        Assert.Equal(SyncState.OutOfSync, status.Sync);
        Assert.Equal([("Modelfile", 2), ("Modelfile", 3)], status.Diagnostics.Select(problem => (problem.File, problem.Line)));
        Assert.StartsWith("Modelfile:2:", status.LastError, StringComparison.Ordinal);
        Assert.Contains(status.Conditions, condition => condition is { Type: ConditionType.Stalled, Status: true, Reason: ConditionReason.InvalidRevision });
        Assert.Equal((false, true), (status.Ready, status.Serving));

        _host.Repository.Git("revert", "--no-edit", "HEAD");
        status = await _host.SyncAsync();

        Assert.Equal(SyncState.Synced, status.Sync);
        Assert.Empty(status.Diagnostics);
        Assert.Null(status.LastError);
    }

    [Fact]
    public async Task A_model_that_is_removed_from_git_stops_being_served()
    {
        _host.Commit(One + "    - { name: c, modelfile: Modelfile }\n", ("Modelfile", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit(AtOnce + "  models:\n    - { name: c, modelfile: Modelfile }\n");

        var status = await _host.SyncAsync();

        Assert.Equal(["c:latest"], _host.Store.List().Select(model => model.Name.ShortName));
        Assert.Equal([ModelName.Parse("c")], _host.Runtime.Policies.Models.Keys);
        Assert.Equal(["c:latest"], status.Models.Select(model => model.Name));
        Assert.Contains("unload a", _host.Runtime.Calls);
    }

    [Fact]
    public async Task Models_that_git_never_declared_are_left_alone()
    {
        _host.Commit(One + "    - { name: c, modelfile: Modelfile }\n", ("Modelfile", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Store.Copy(ModelName.Parse("a"), ModelName.Parse("mine"));
        _host.Commit(AtOnce + "  models:\n    - { name: c, modelfile: Modelfile }\n");

        await _host.SyncAsync();

        Assert.Equal(["c:latest", "mine:latest"], _host.Store.List().Select(model => model.Name.ShortName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_set_that_became_empty_removes_nothing()
    {
        _host.Commit(One, ("Modelfile", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit("  models: []\n");

        var status = await _host.SyncAsync();

        Assert.NotNull(_host.SystemOf("a") ?? "");
        Assert.Equal(["a:latest", "b:latest"], status.Orphaned);
        Assert.All(
            status.Orphans,
            orphan => Assert.StartsWith("removal blocked: 1 of 1 at once (the set is empty)", orphan.Message, StringComparison.Ordinal));
        Assert.Contains(status.Conditions, condition => condition.Type == ConditionType.PruneBlocked);
    }

    [Fact]
    public async Task A_pinned_model_is_in_memory_before_its_names_point_to_it()
    {
        _host.Commit("  models:\n    - { name: a, modelfile: Modelfile, residency: { mode: always } }\n", ("Modelfile", "FROM w.gguf"));
        ModelName? whenWarmed = null;
        await _host.StartAsync();
        _host.Runtime.OnWarm = (_, _) =>
        {
            whenWarmed = _host.Store.Find(ModelName.Parse("a"))?.Name;
            return Task.CompletedTask;
        };

        var status = await _host.SyncAsync();

        Assert.Null(whenWarmed);
        Assert.True(Assert.Single(status.Models).Resident);
        Assert.True(status.Ready);
    }

    [Fact]
    public async Task A_pinned_model_that_is_lost_is_drift_and_is_loaded_again()
    {
        _host.Commit("  models:\n    - { name: a, modelfile: Modelfile, residency: { mode: always } }\n", ("Modelfile", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Runtime.Lose(ModelName.Parse("a"));

        Assert.False(_host.Board.Current.Ready);
        Assert.Equal(HealthState.Degraded, _host.Board.Current.Models[0].Health);
        Assert.True((await _host.SyncAsync()).Ready);
    }

    [Fact]
    public async Task A_model_that_was_deleted_or_replaced_outside_git_is_put_right()
    {
        _host.Commit(One + "    - { name: c, inline: \"FROM w.gguf\" }\n", ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Store.Delete(ModelName.Parse("a"));
        _host.Store.Copy(ModelName.Parse("c"), ModelName.Parse("b"));

        var status = await _host.SyncAsync();

        Assert.Equal(SyncState.Synced, status.Sync);
        Assert.Equal("one", _host.SystemOf("a"));
        Assert.Equal("one", _host.SystemOf("b"));
    }

    [Fact]
    public async Task A_build_that_fails_its_gate_never_serves_and_is_not_tried_again_until_git_asks_for_another()
    {
        const string Gated =
            "  models:\n    - { name: a, modelfile: Modelfile, rollout: { gate: { smoke: [ { prompt: hi, expect: { contains: ok } } ] } } "
            + "}\n";
        _host.Commit(Gated, ("Modelfile", "FROM w.gguf\nSYSTEM good"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Runtime.OnProbe = (_, _) => "nonsense";
        _host.Commit(Gated, ("Modelfile", "FROM w.gguf\nSYSTEM bad"));

        var status = await _host.SyncAsync();
        var probes = _host.Runtime.Calls.Count(call => call.StartsWith("probe", StringComparison.Ordinal));
        await _host.SyncAsync();

        Assert.Equal("good", _host.SystemOf("a"));
        Assert.Equal(ModelPhase.RolledBack, status.Models[0].Phase);
        Assert.Contains("which does not contain \"ok\"", status.Models[0].Hold, StringComparison.Ordinal);
        Assert.Equal(probes, _host.Runtime.Calls.Count(call => call.StartsWith("probe", StringComparison.Ordinal)));

        _host.Runtime.OnProbe = (_, _) => "ok then";
        _host.Commit(Gated, ("Modelfile", "FROM w.gguf\nSYSTEM better"));
        status = await _host.SyncAsync();

        Assert.Equal("better", _host.SystemOf("a"));
        Assert.Null(status.Models[0].Hold);
    }

    [Fact]
    public async Task A_gate_asks_the_staged_build_and_not_the_name_that_serves()
    {
        _host.Commit(
            "  models:\n    - { name: a, modelfile: Modelfile, rollout: { gate: { smoke: [ { prompt: hi } ] } } }\n",
            ("Modelfile", "FROM w.gguf"));
        await _host.StartAsync();

        await _host.SyncAsync();

        Assert.StartsWith(
            "probe staged/a-", Assert.Single(_host.Runtime.Calls, call => call.StartsWith("probe", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.DoesNotContain(_host.Store.ListAll(), model => model.Name is { IsReserved: true, Namespace: "staged" });
    }

    [Fact]
    public async Task One_model_that_cannot_be_loaded_does_not_keep_the_others_back()
    {
        _host.Commit(
            "  models:\n    - { name: a, inline: FROM w.gguf, residency: { mode: always } }\n    - { name: b, inline: FROM w.gguf }\n");
        _host.FirstRetry = TimeSpan.FromMinutes(10);
        await _host.StartAsync();
        _host.Runtime.OnWarm = (name, _) => throw new ModelRuntimeException(name, "it does not fit: 9 GB needed, 4 GB free");

        var status = await _host.SyncAsync();

        Assert.Null(_host.Store.Find(ModelName.Parse("a")));
        Assert.NotNull(_host.Store.Find(ModelName.Parse("b")));
        Assert.Equal((HealthState.Missing, ModelPhase.Failed), (status.Models[0].Health, status.Models[0].Phase));
        Assert.Contains("does not fit", status.Models[0].Message, StringComparison.Ordinal);
        Assert.False(status.Ready);
    }

    [Fact]
    public async Task What_failed_is_tried_again_and_heals()
    {
        _host.Commit("  models:\n    - { name: a, inline: FROM w.gguf, residency: { mode: always } }\n");
        await _host.StartAsync();
        var attempts = 0;
        _host.Runtime.OnWarm = (name, _) => ++attempts < 4 ? throw new ModelRuntimeException(name, "not now") : Task.CompletedTask;

        var status = await _host.WaitForAsync(status => status.Ready);

        Assert.Null(status.Models[0].Message);
    }

    [Fact]
    public async Task A_model_built_from_another_of_the_set_follows_it()
    {
        const string Models =
            "  models:\n    - { name: a, inline: \"FROM z\\nPARAMETER top_k 3\" }\n    - { name: z, modelfile: Modelfile }\n";
        _host.Commit(Models, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit(Models, ("Modelfile", "FROM w.gguf\nSYSTEM two"));

        var status = await _host.SyncAsync();

        Assert.Equal(SyncState.Synced, status.Sync);
        Assert.Equal("two", _host.SystemOf("a"));
    }

    [Fact]
    public async Task After_a_restart_the_last_accepted_revision_serves_although_the_remote_is_gone()
    {
        var commit = _host.Commit(
            "  models:\n    - { name: a, modelfile: Modelfile, residency: { mode: always } }\n", ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        await _host.StopAsync();
        var git = Path.Combine(_host.Repository.Path, ".git");
        File.Move(Path.Combine(git, "HEAD"), Path.Combine(git, "HEAD.away"));
        File.WriteAllText(Path.Combine(git, "HEAD"), "ref: refs/heads/none\n");

        await _host.StartAsync();
        var status = await _host.SyncAsync();

        Assert.Equal(commit, _host.Runtime.Policies.Models[ModelName.Parse("a")].Revision);
        Assert.True(status.Ready);
        Assert.NotNull(status.Source!.Error);
    }

    [Fact]
    public async Task Work_on_a_revision_ends_when_a_newer_one_is_there()
    {
        const string Pinned = "  models:\n    - { name: a, modelfile: Modelfile, residency: { mode: always } }\n";
        _host.Commit(Pinned, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        var loading = new TaskCompletionSource();
        _host.Runtime.OnWarm = async (_, token) =>
        {
            if (loading.TrySetResult())
                await Task.Delay(Timeout.Infinite, token);
        };
        await _host.StartAsync();
        await loading.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        var second = _host.Commit(Pinned, ("Modelfile", "FROM w.gguf\nSYSTEM two"));

        _host.Loop.Wake();
        await _host.WaitForAsync(status => status.Ready);

        Assert.Equal("two", _host.SystemOf("a"));
        Assert.Equal(second, _host.Board.Current.Source!.Applied);
    }

    [Fact]
    public async Task A_poll_finds_a_commit_without_being_woken()
    {
        _host.PollInterval = TimeSpan.FromSeconds(1);
        _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.WaitForAsync(status => status.Ready);
        var second = _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM two"));

        await _host.WaitForAsync(status => status.Source?.Applied == second);

        Assert.Equal("two", _host.SystemOf("a"));
    }

    [Fact]
    public async Task One_of_two_models_of_the_same_contents_is_changed()
    {
        const string Two = "  models:\n    - { name: a, modelfile: A }\n    - { name: b, modelfile: B }\n";
        _host.Commit(Two, ("A", "FROM w.gguf\nSYSTEM one"), ("B", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit(Two, ("A", "FROM w.gguf\nSYSTEM two"));

        var status = await _host.SyncAsync();

        Assert.True(status.Ready);
        Assert.Equal(("two", "one"), (_host.SystemOf("a"), _host.SystemOf("b")));
    }

    [Fact]
    public async Task Only_builds_that_serve_or_are_kept_for_going_back_are_remembered()
    {
        _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM 0"));
        await _host.StartAsync();
        for (var update = 1; update <= 8; update++)
        {
            _host.Commit(One, ("Modelfile", $"FROM w.gguf\nSYSTEM {update}"));
            await _host.SyncAsync();
        }

        Assert.Equal("8", _host.SystemOf("a"));
        Assert.InRange(_host.RememberedBuilds(), 2, 4);
        _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM 1"));
        await _host.SyncAsync();
        Assert.Equal("1", _host.SystemOf("a"));
    }

    [Fact]
    public async Task Events_and_history_tell_what_happened_and_survive_a_restart()
    {
        _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        await _host.StopAsync();
        await _host.StartAsync();

        var status = await _host.SyncAsync();

        Assert.Equal(HistoryResult.Applied, Assert.Single(status.History).Result);
        Assert.Equal("Operator", status.History[0].Author);
        Assert.Equal(
            [
                EventKind.RevisionDetected, EventKind.RevisionAccepted, EventKind.PlanComputed, EventKind.BuildCompleted,
                EventKind.Switched, EventKind.Switched, EventKind.RevisionApplied,
            ],
            _host.Board.Events.Select(item => item.Type).Where(type => type != EventKind.SyncRequested));
    }
}
