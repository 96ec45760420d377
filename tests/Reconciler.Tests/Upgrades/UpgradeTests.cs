using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Tests.Reconciling;
using ModelOps.TestKit;

namespace ModelOps.Reconciler.Tests.Upgrades;

/// <summary>
/// A home of the version before goes on as it was. <c>home-of-schema-1</c> was made by that version: a pinned and protected model with an
/// alias, one that is held, a protected one that git does not declare any more, one that was never ours, and a tip that was rejected.
/// </summary>
public sealed class UpgradeTests : IAsyncDisposable
{
    private static readonly string s_fixture = RepoRoot.Combine("tests", "Reconciler.Tests", "Upgrades", "home-of-schema-1");

    private readonly ReconcileHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_home_of_the_version_before_keeps_what_it_serves_holds_and_protects()
    {
        Restore();
        await _host.StartAsync();
        var status = await _host.SyncAsync();

        Assert.Equal("01365ff5b007c6d4da21aaffc454b03e37984bda", status.Source!.Accepted);
        Assert.Contains(
            status.Conditions, condition => condition is { Type: ConditionType.Stalled, Reason: ConditionReason.InvalidRevision });
        Assert.Equal(("one", "one", "good", "gone"), (System("pinned"), System("also"), System("gated"), System("gone")));
        Assert.Equal("one", System("mine"));
        Assert.Contains("its smoke gate failed", Model(status, "gated").Hold, StringComparison.Ordinal);
        Assert.Equal(("gone:latest", true), (Assert.Single(status.Orphans).Name, status.Orphans[0].Protected));
        Assert.False(status.Ready);
        Assert.DoesNotContain(_host.Runtime.Calls, call => call.StartsWith("probe", StringComparison.Ordinal));
        Assert.Contains(status.History, item => item.Revision.StartsWith("b20442ee", StringComparison.Ordinal));
    }

    [Fact]
    public async Task It_goes_on_from_there()
    {
        Restore();
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Repository.Git("revert", "--no-edit", "HEAD");
        _host.Runtime.OnProbe = (_, _) => "ok";
        var commit = _host.Repository.Commit("mended", ("Gated", "FROM w.gguf\nSYSTEM better\n"));

        var status = await _host.SyncAsync();

        Assert.Equal(commit, status.Source!.Applied);
        Assert.Equal("better", System("gated"));
        Assert.True(status.Ready);
    }

    [Fact]
    public async Task A_home_of_a_newer_version_is_refused_with_its_version_and_the_ways_on()
    {
        await _host.StartAsync();
        await _host.StopAsync();
        _host.Execute("PRAGMA user_version = 99");

        var error = await Assert.ThrowsAsync<StateException>(_host.StartAsync);

        Assert.Contains("a newer version of ModelOps, 1.2.3 (schema 99", error.Message, StringComparison.Ordinal);
        Assert.Contains("start that version", error.Message, StringComparison.Ordinal);
        _host.LoseState();
        await _host.StartAsync();
    }

    private void Restore()
    {
        foreach (var file in Directory.GetFiles(s_fixture, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(_host.Home, Path.GetRelativePath(s_fixture, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        _host.Repository.Git("fetch", "--quiet", Path.Combine(s_fixture, "repository.bundle"), "main");
        _host.Repository.Git("reset", "--quiet", "--hard", "FETCH_HEAD");
    }

    private string? System(string name) => _host.Store.Read(_host.Store.Find(ModelName.Parse(name))!).System;

    private static ModelStatus Model(DaemonStatus status, string name) => status.Models.Single(model => model.Name == name + ":latest");
}
