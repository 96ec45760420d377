using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Tests.Sources;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>What the status says does not hang on how long the process has run.</summary>
public sealed class RestartTests : IAsyncDisposable
{
    private const string One = "  models:\n    - { name: a, modelfile: Modelfile }\n";

    private readonly ReconcileHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_rejected_tip_is_shown_with_its_diagnostics_before_the_source_is_asked_again()
    {
        var good = _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        var bad = _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYTEM two\nPARAMETER top_k many"));
        var before = await _host.SyncAsync();
        await _host.StopAsync();
        HideSource();

        await _host.StartAsync();
        var status = await _host.SyncAsync();

        Assert.Equal((bad, good), (status.Source!.Tip, status.Source.Accepted));
        Assert.Equal(before.Diagnostics, status.Diagnostics);
        Assert.Equal((false, true), (status.Ready, status.Serving));
        Assert.Equal(before.Source!.Stages, status.Source.Stages);
        Assert.Equal(ConditionReason.InvalidRevision, Stalled(status));
    }

    [Fact]
    public async Task A_rejection_that_is_found_again_after_a_restart_is_not_told_again()
    {
        _host.Commit(One, ("Modelfile", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit(One, ("Modelfile", "FORM w.gguf"));
        await _host.SyncAsync();
        await _host.StopAsync();

        await _host.StartAsync();
        var status = await _host.SyncAsync();

        Assert.Contains(status.Conditions, condition => condition.Type == ConditionType.Stalled);
        Assert.Single(_host.Board.Events, item => item.Type == EventKind.RevisionRejected);
    }

    [Fact]
    public async Task What_is_told_after_the_last_pass_is_there_after_a_restart()
    {
        _host.Commit(One, ("Modelfile", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Runtime.Drain(ModelName.Parse("a"));
        await _host.StopAsync();

        await _host.StartAsync();

        Assert.Contains(_host.Chronicle.Events(new EventQuery()), item => item.Type == EventKind.Drained);
    }

    [Fact]
    public async Task Every_stage_of_a_revision_has_its_verdict()
    {
        _host.Commit(One, ("Modelfile", "FROM w.gguf"));
        await _host.StartAsync();
        var status = await _host.SyncAsync();

        Assert.Equal(
            [
                (RevisionStage.Detected, StageVerdict.Passed), (RevisionStage.Descends, StageVerdict.Passed),
                (RevisionStage.Verified, StageVerdict.NotAsked), (RevisionStage.Read, StageVerdict.Passed),
                (RevisionStage.Allowed, StageVerdict.NotAsked), (RevisionStage.Accepted, StageVerdict.Passed),
            ],
            status.Source!.Stages.Select(stage => (stage.Stage, stage.Verdict)));

        _host.Commit(One, ("Modelfile", "FORM w.gguf"));
        status = await _host.SyncAsync();
        Assert.Equal((RevisionStage.Read, StageVerdict.Failed), (status.Source!.Stages[^1].Stage, status.Source.Stages[^1].Verdict));
    }

    [Fact]
    public async Task The_age_of_the_source_and_a_hold_survive()
    {
        const string Gated =
            "  models:\n    - { name: a, modelfile: Modelfile, rollout: { gate: { smoke: [ { prompt: hi, expect: { contains: no } } ] } } }\n";
        _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit(Gated, ("Modelfile", "FROM w.gguf\nSYSTEM two"));
        var before = await _host.SyncAsync();
        await _host.StopAsync();
        HideSource();

        await _host.StartAsync();
        var status = await _host.SyncAsync();

        Assert.Equal(before.Source!.LastSuccess, status.Source!.LastSuccess);
        Assert.Equal((before.Models[0].Hold, ConditionReason.GateFailed), (status.Models[0].Hold, status.Models[0].Reason));
    }

    [Fact]
    public async Task An_orphan_keeps_its_pin_and_its_protection_and_says_why_it_is_there()
    {
        const string Protected = "    - { name: p, inline: FROM w.gguf, residency: { mode: always }, protect: true }\n";
        _host.Commit(One + Protected, ("Modelfile", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit(One);
        var before = await _host.SyncAsync();
        await _host.StopAsync();

        await _host.StartAsync();
        Assert.Equal(ResidencyMode.Always, _host.Runtime.Policies.Models[ModelName.Parse("p")].Residency);
        var status = await _host.SyncAsync();

        var orphan = Assert.Single(status.Orphans);
        Assert.Equal(Assert.Single(before.Orphans), orphan);
        Assert.Equal(("p:latest", true, ResidencyMode.Always), (orphan.Name, orphan.Protected, orphan.Residency));
        Assert.StartsWith("not declared, kept because protected", orphan.Message, StringComparison.Ordinal);
        Assert.True(status.Ready);
    }

    [Fact]
    public async Task A_name_goes_when_its_grace_is_over_however_often_the_daemon_was_started()
    {
        const string Grace = "  prune: { gracePeriod: 1h }\n";
        _host.Commit(Grace + One + "    - { name: b, inline: FROM w.gguf }\n", ("Modelfile", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Commit(Grace + One);
        var waiting = Assert.Single((await _host.SyncAsync()).Orphans);
        Assert.Contains("(prune.gracePeriod 1h)", waiting.Message, StringComparison.Ordinal);
        Assert.NotNull(_host.SystemOf("b") ?? "");
        Assert.NotNull(_host.Store.Find(ModelName.Parse("b")));
        await _host.StopAsync();
        _host.Execute("UPDATE undeclared SET since = '2000-01-01T00:00:00.0000000+00:00'");

        await _host.StartAsync();
        var status = await _host.SyncAsync();

        Assert.Empty(status.Orphans);
        Assert.Null(_host.Store.Find(ModelName.Parse("b")));
    }

    [Fact]
    public async Task A_source_that_moved_keeps_what_was_accepted_from_it()
    {
        var first = _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM two"));
        await _host.StartAsync();
        await _host.SyncAsync();
        await _host.StopAsync();
        using var elsewhere = new TemporaryFolder();
        _host.Location = elsewhere.Combine("moved.git");
        _host.Repository.Git("clone", "--quiet", "--bare", _host.Repository.Path, _host.Location);

        await _host.StartAsync();
        Assert.True((await _host.SyncAsync()).Ready);
        Assert.DoesNotContain(_host.Board.Events, item => item.Type == EventKind.RevisionRejected);
        _host.Repository.Git("-C", _host.Location, "update-ref", "refs/heads/main", first);
        var status = await _host.SyncAsync();

        Assert.Equal("two", _host.SystemOf("a"));
        Assert.Equal(ConditionReason.HistoryRewound, Stalled(status));
    }

    [Fact]
    public async Task Another_repository_needs_another_name_and_then_starts_anew_and_removes_nothing_at_once()
    {
        _host.Commit(One, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        await _host.StopAsync();
        using var other = new GitRepository();
        File.WriteAllBytes(Path.Combine(other.Path, "w.gguf"), TinyGguf.Bytes("two"));
        var commit = other.Commit(
            "other",
            ("modelops.yaml",
             "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: o }\nspec:\n  models:\n    - { name: b, inline: FROM w.gguf }\n"));
        _host.Location = other.Path;

        await _host.StartAsync();
        Assert.Contains("--source-name", (await _host.SyncAsync()).LastError, StringComparison.Ordinal);
        await _host.StopAsync();
        _host.SourceName = "other";
        await _host.StartAsync();
        var status = await _host.SyncAsync();

        Assert.Equal(commit, status.Source!.Applied);
        Assert.Equal(["a:latest"], status.Orphaned);
        Assert.NotNull(_host.Store.Find(ModelName.Parse("a")));
    }

    [Theory]
    [InlineData(true, 20)]
    [InlineData(false, 20)]
    [InlineData(true, 500)]
    [InlineData(false, 500)]
    public async Task The_source_is_asked_once_at_the_start_however_long_the_start_takes(bool isThere, int milliseconds)
    {
        const string Pinned = "  models:\n    - { name: a, modelfile: Modelfile, residency: { mode: always } }\n";
        _host.Commit(Pinned, ("Modelfile", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await _host.SyncAsync();
        await _host.StopAsync();
        var next = _host.Commit(Pinned, ("Modelfile", "FROM w.gguf\nSYSTEM two"));
        if (!isThere)
            HideSource();
        _host.Runtime.OnWarm = async (_, token) => await Task.Delay(milliseconds, token);
        await _host.StartAsync();
        await _host.WaitForAsync(status => isThere ? status.Source?.Applied == next : status.Source?.ErrorSince is not null);
    }

    private static ConditionReason? Stalled(DaemonStatus status) =>
        status.Conditions.FirstOrDefault(condition => condition.Type == ConditionType.Stalled)?.Reason;

    private void HideSource()
    {
        var head = Path.Combine(_host.Repository.Path, ".git", "HEAD");
        File.WriteAllText(head, "ref: refs/heads/none\n");
    }
}
