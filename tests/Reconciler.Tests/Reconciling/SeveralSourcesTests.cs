using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Tests.Sources;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>Several repositories in one daemon: each accepts, fails and is suspended on its own.</summary>
public sealed class SeveralSourcesTests : IAsyncDisposable
{
    private readonly ReconcileHost _host = new();
    private readonly GitRepository _apps = new();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _apps.Dispose();
    }

    [Fact]
    public async Task The_models_of_all_sources_are_served_and_each_says_whose_it_is()
    {
        var main = _host.Commit(Models("chat"));
        var apps = CommitApps(Models("code"));

        var status = await StartAsync();

        Assert.True(status.Ready, status.LastError);
        Assert.Equal([("chat:latest", "main"), ("code:latest", "apps")], status.Models.Select(model => (model.Name, model.Source)));
        Assert.Equal([("main", main, true), ("apps", apps, true)], status.Sources.Select(source => (source.Name, source.Applied!, source.Ready)));
        Assert.Equal("main", status.Source!.Name);
        Assert.Contains(
            _host.Board.Events, item => item is { Type: EventKind.RevisionApplied, Source: "apps" } && item.Revision == apps);
        Assert.Contains(
            _host.Board.Events, item => item is { Type: EventKind.Switched, Source: "apps", Subject: "code:latest" });
        Assert.Equal("apps", _host.Chronicle.History(10, "code:latest")[0].Source);
    }

    [Fact]
    public async Task A_rejected_revision_of_one_source_stops_no_other()
    {
        _host.Commit(Models("chat"));
        var good = CommitApps(Models("code"));
        await StartAsync();

        var broken = CommitApps("  models: 7\n");
        var second = _host.Commit(Models("chat", "more"));
        var status = await _host.SyncAsync();

        Assert.False(status.Ready);
        Assert.True(status.Serving);
        Assert.Equal((second, true), (status.Sources[0].Applied, status.Sources[0].Ready));
        Assert.Equal((good, broken, false), (status.Sources[1].Applied, status.Sources[1].Tip, status.Sources[1].Ready));
        Assert.Equal("second", _host.SystemOf("chat"));
        Assert.StartsWith("source apps: ", status.Conditions[0].Message, StringComparison.Ordinal);
        Assert.All(status.Diagnostics, problem => Assert.Equal("apps", problem.Source));

        CommitApps(Models("code"));
        Assert.True((await _host.SyncAsync()).Ready);
    }

    [Fact]
    public async Task A_source_that_is_gone_holds_up_no_other_and_is_found_again()
    {
        _host.Commit(Models("chat"));
        CommitApps(Models("code"));
        await StartAsync();
        await _host.StopAsync();
        var away = _apps.Path + ".away";
        Directory.Move(_apps.Path, away);

        var second = _host.Commit(Models("chat", "more"));
        await _host.StartAsync();
        var asked = await _host.AskAsync(new ControlCommand.Sync());
        var status = _host.Board.Current;

        Assert.Equal(RequestOutcome.Source, asked.Outcome);
        Assert.Contains("source apps: ", asked.Message, StringComparison.Ordinal);
        Assert.Equal((second, true), (status.Sources[0].Applied, status.Sources[0].Ready));
        Assert.NotNull(status.Sources[1].Error);
        Assert.NotNull(_host.Store.Find(ModelName.Parse("code")));
        Assert.Empty(status.Orphans);
        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Sync(Source: "main"))).Outcome);

        Directory.Move(away, _apps.Path);
        status = await _host.SyncAsync();
        Assert.True(status.Ready, status.LastError);
    }

    [Fact]
    public async Task A_name_that_two_sources_want_is_the_first_ones_until_it_lets_go_of_it()
    {
        _host.Commit(Models("chat"));
        CommitApps(Models("chat"));

        var status = await StartAsync();

        Assert.True(status.Sources[0].Ready);
        var allowed = status.Sources[1].Stages.Single(stage => stage.Stage == Reconciler.Revisions.RevisionStage.Allowed);
        Assert.Equal(ConditionReason.PolicyDenied, allowed.Reason);
        Assert.Contains("modelops.yaml:6:", allowed.Message, StringComparison.Ordinal);
        Assert.Contains("the name chat belongs to source main already (modelops.yaml:6)", allowed.Message, StringComparison.Ordinal);
        Assert.Null(status.Sources[1].Accepted);

        _host.Commit(Models("other"));
        status = await _host.SyncAsync();

        Assert.NotNull(status.Sources[1].Accepted);
        Assert.Equal([("chat:latest", "apps"), ("other:latest", "main")], status.Models.Select(model => (model.Name, model.Source)));
        Assert.Empty(status.Orphans);
    }

    [Fact]
    public async Task A_source_that_is_suspended_stays_as_it_is_and_the_other_goes_on()
    {
        _host.Commit(Models("chat"));
        var first = CommitApps(Models("code"));
        await StartAsync();
        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Suspend(Source: "apps"), reason: "moving")).Outcome);
        CommitApps(Models("code", "second"));
        var second = _host.Commit(Models("chat", "second"));

        var status = await _host.SyncAsync();

        Assert.Null(status.Suspended);
        Assert.Equal((second, first), (status.Sources[0].Applied, status.Sources[1].Applied));
        Assert.Equal("moving (by ana@desk)", status.Sources[1].Suspended);
        Assert.Equal(
            RequestOutcome.Refused, (await _host.AskAsync(new ControlCommand.Sync(Source: "apps"))).Outcome);
        Assert.Equal(RequestOutcome.Failed, (await _host.AskAsync(new ControlCommand.Suspend(Source: "none"))).Outcome);

        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Resume("apps"))).Outcome);
        await _host.SyncAsync();
        Assert.Equal("second", _host.SystemOf("code"));
    }

    [Fact]
    public async Task Pruning_is_each_sources_own()
    {
        _host.Commit(Models("chat") + "  prune: { enabled: false }\n");
        CommitApps(Models("code", "", "gone") + "  prune: { gracePeriod: 0s, maxDeletes: 100% }\n");
        await StartAsync();

        _host.Commit(Models("other") + "  prune: { enabled: false }\n");
        CommitApps(Models("code") + "  prune: { gracePeriod: 0s, maxDeletes: 100% }\n");
        var status = await _host.SyncAsync();

        Assert.Null(_host.Store.Find(ModelName.Parse("gone")));
        Assert.Equal([("chat:latest", "main")], status.Orphans.Select(orphan => (orphan.Name, orphan.Source)));
    }

    [Fact]
    public async Task Models_of_a_source_that_is_not_configured_any_more_stay_until_their_removal_is_approved()
    {
        _host.Commit(Models("chat") + "  prune: { gracePeriod: 0s, maxDeletes: 100% }\n");
        CommitApps(Models("code"));
        await StartAsync();
        await _host.StopAsync();
        _host.Further = [];

        await _host.StartAsync();
        var status = await _host.SyncAsync();

        Assert.True(status.Ready, status.LastError);
        var orphan = Assert.Single(status.Orphans);
        Assert.Equal(("code:latest", "apps"), (orphan.Name, orphan.Source));
        Assert.StartsWith("source apps is no longer configured", orphan.Message, StringComparison.Ordinal);
        Assert.NotNull(_host.Store.Find(ModelName.Parse("code")));

        var digest = orphan.Message.Split("modelops approve ")[1].TrimEnd('\'');
        Assert.Equal(RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Approve(digest))).Outcome);
        status = await _host.SyncAsync();
        Assert.Empty(status.Orphans);
        Assert.Null(_host.Store.Find(ModelName.Parse("code")));
    }

    [Fact]
    public async Task A_source_that_comes_back_finds_its_models()
    {
        _host.Commit(Models("chat"));
        var apps = CommitApps(Models("code"));
        await StartAsync();
        await _host.StopAsync();
        var further = _host.Further;
        _host.Further = [];
        await _host.StartAsync();
        await _host.SyncAsync();
        await _host.StopAsync();
        _host.Further = further;

        await _host.StartAsync();
        var status = await _host.SyncAsync();

        Assert.Equal(apps, status.Sources[1].Applied);
        Assert.Empty(status.Orphans);
    }

    [Fact]
    public async Task What_the_host_does_not_allow_a_source_is_refused_with_its_place()
    {
        _host.Commit(Models("chat"));
        CommitApps(Models("code"));

        var status = await StartAsync(options => options with { Prefix = "apps-" });

        Assert.Contains("DS1023", status.Sources[1].Error, StringComparison.Ordinal);
        Assert.True(status.Sources[0].Ready);
        CommitApps(Models("apps-code"));
        Assert.True((await _host.SyncAsync()).Ready);
    }

    [Fact]
    public async Task A_rewound_source_is_let_through_by_its_name()
    {
        _host.Commit(Models("chat"));
        CommitApps(Models("code"));
        await StartAsync(options => options with { Rewinds = RewindPolicy.Refuse });
        _apps.Git("commit", "--amend", "-m", "another");
        var rewritten = _apps.Git("rev-parse", "HEAD").Trim();
        Assert.Equal(RequestOutcome.Refused, (await _host.AskAsync(new ControlCommand.Sync())).Outcome);

        Assert.Equal(
            RequestOutcome.Failed, (await _host.AskAsync(new ControlCommand.AcceptRewind(rewritten[..12], "main"))).Outcome);
        var accepted = await _host.AskAsync(new ControlCommand.AcceptRewind(rewritten[..12], "apps"));

        Assert.True(accepted.Outcome == RequestOutcome.Done, accepted.Message);
        Assert.Equal(rewritten, _host.Board.Current.Sources[1].Applied);
    }

    private async Task<DaemonStatus> StartAsync(Func<SourceOptions, SourceOptions>? adjust = null)
    {
        var options = new SourceOptions { Name = "apps", Location = _apps.Path, PollInterval = TimeSpan.FromMinutes(10) };
        _host.Further = [adjust is null ? options : adjust(options)];
        await _host.StartAsync();
        return await _host.SyncAsync();
    }

    private string CommitApps(string models)
    {
        if (!File.Exists(Path.Combine(_apps.Path, "w.gguf")))
            File.WriteAllBytes(Path.Combine(_apps.Path, "w.gguf"), TinyGguf.Bytes("one"));
        return _apps.Commit(
            "a change",
            ("modelops.yaml", $"apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: {{ name: apps }}\nspec:\n{models}"));
    }

    private static string Models(string name, string system = "", string? further = null)
    {
        var said = system.Length == 0 ? "" : $"\n        SYSTEM {(system == "more" ? "second" : system)}";
        var more = further is null ? "" : $"    - name: {further}\n      inline: FROM w.gguf\n";
        return $"  models:\n    - name: {name}\n      inline: |\n        FROM w.gguf{said}\n{more}";
    }
}
