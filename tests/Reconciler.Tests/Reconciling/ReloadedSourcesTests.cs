using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Tests.Sources;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>Sources that the host's configuration adds, changes and removes while the daemon runs.</summary>
public sealed class ReloadedSourcesTests : IAsyncDisposable
{
    private readonly ReconcileHost _host = new();
    private readonly GitRepository _apps = new();

    private SourceOptions Apps => new() { Name = "apps", Location = _apps.Path, PollInterval = TimeSpan.FromMinutes(10) };

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _apps.Dispose();
    }

    [Fact]
    public async Task A_source_that_is_added_is_served_and_one_that_is_taken_out_leaves_its_models()
    {
        _host.Commit(Models("chat"));
        var apps = CommitApps(Models("code"));
        await _host.StartAsync();
        await _host.SyncAsync();

        Assert.Equal(["source apps is followed from now on"], await _host.FollowAsync(Apps));
        var status = await _host.WaitForAsync(now => now.Ready && now.Sources.Length == 2);
        Assert.Equal(apps, status.Sources[1].Applied);
        Assert.Equal(["chat:latest", "code:latest"], status.Models.Select(model => model.Name));

        Assert.Equal(["source apps is not followed any more"], await _host.FollowAsync());
        status = await _host.WaitForAsync(now => now.Sources.Length == 1 && now.Orphans.Length == 1);
        Assert.StartsWith("source apps is no longer configured", status.Orphans[0].Message, StringComparison.Ordinal);
        Assert.NotNull(_host.Store.Find(ModelName.Parse("code")));
        Assert.Equal(RequestOutcome.Failed, (await _host.AskAsync(new ControlCommand.Sync(Source: "apps"))).Outcome);

        await _host.FollowAsync(Apps);
        status = await _host.WaitForAsync(now => now.Ready && now.Sources.Length == 2);
        Assert.Empty(status.Orphans);
    }

    [Fact]
    public async Task A_source_that_changes_goes_on_from_what_was_accepted_and_builds_nothing_anew()
    {
        _host.Commit(Models("chat"));
        var apps = CommitApps(Models("apps-code"));
        _host.Further = [Apps];
        await _host.StartAsync();
        await _host.SyncAsync();
        var switched = Switches();
        using var moved = new TemporaryFolder();
        _apps.Git("clone", "--quiet", "--bare", _apps.Path, moved.Combine("apps.git"));

        var told = await _host.FollowAsync(Apps with { Location = moved.Combine("apps.git"), Prefix = "apps-" });

        Assert.Equal(["source apps is followed anew"], told);
        var status = await _host.WaitForAsync(now => now.Ready && now.Sources[1].Url == moved.Combine("apps.git"));
        Assert.Equal((apps, apps), (status.Sources[1].Accepted, status.Sources[1].Applied));
        Assert.Equal(switched, Switches());

        _apps.Git("push", "--quiet", moved.Combine("apps.git"), "HEAD:main");
        CommitApps(Models("other"));
        _apps.Git("push", "--quiet", moved.Combine("apps.git"), "HEAD:main");
        status = await _host.SyncAsync();
        Assert.Contains("DS1023", status.Sources[1].Error, StringComparison.Ordinal);
        Assert.True(status.Sources[0].Ready);
    }

    [Fact]
    public async Task Another_interval_alone_changes_nothing_else_and_the_same_again_nothing_at_all()
    {
        _host.Commit(Models("chat"));
        CommitApps(Models("code"));
        _host.Further = [Apps];
        await _host.StartAsync();
        await _host.SyncAsync();

        Assert.Empty(await _host.FollowAsync(Apps));
        Assert.Equal(
            ["source apps is looked at every 1s"], await _host.FollowAsync(Apps with { PollInterval = TimeSpan.FromSeconds(1) }));
        var second = CommitApps(Models("code", "second"));
        await _host.WaitForAsync(now => now.Sources[1].Applied == second);
    }

    [Fact]
    public async Task A_source_that_says_nothing_is_replaced_at_once_and_one_that_is_not_there_is_looked_for_later()
    {
        _host.Commit(Models("chat"));
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var hanging = Apps with { Location = $"https://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/x.git" };
        await _host.StartAsync();
        await _host.FollowAsync(hanging);
        await _host.WaitForAsync(now => now.Sources.Length == 2 && now.Sources[1].LastFetch is not null);

        var apps = CommitApps(Models("code"));
        var away = _apps.Path + ".away";
        Directory.Move(_apps.Path, away);
        await _host.FollowAsync(Apps);
        await _host.WaitForAsync(now => now.Sources.Length == 2 && now.Sources[1].Url == _apps.Path && now.Sources[1].Error is not null);

        Directory.Move(away, _apps.Path);
        var status = await _host.SyncAsync();
        Assert.Equal(apps, status.Sources[1].Applied);
    }

    [Fact]
    public async Task One_that_is_no_source_changes_nothing()
    {
        _host.Commit(Models("chat"));
        await _host.StartAsync();
        await _host.SyncAsync();

        var error = await Assert.ThrowsAsync<GitSourceException>(
            () => _host.FollowAsync(Apps, Apps with { Name = "bad", Location = "http://host.invalid/x.git" }));

        Assert.Equal(SourceFailure.SourceInvalid, error.Failure);
        Assert.Single((await _host.SyncAsync()).Sources);
    }

    /// <summary>Two options that differ in anything but the interval are followed differently.</summary>
    [Fact]
    public void Every_setting_of_a_source_counts()
    {
        var changes = new Func<SourceOptions, SourceOptions>[]
        {
            options => options with { Branch = "x" }, options => options with { Models = ["x"] },
            options => options with { Suspend = true },
            options => options with { FurtherLocations = ["/x"] }, options => options with { AllowedGitFaults = ["x"] },
            options => options with { Verify = new() { Mode = Reconciler.Trust.VerifyMode.Head } },
            options => options with { TokenFile = "x" }, options => options with { Limits = new() { FollowsSymlinks = true } },
            options => options with { Git = GitEngine.BuiltIn },
        };

        Assert.All(changes, change => Assert.False(Apps.IsFollowedAs(change(Apps))));
        Assert.True(Apps.IsFollowedAs(Apps with { PollInterval = TimeSpan.FromHours(1), Models = ImmutableArray.Create<string>() }));
    }

    private int Switches() => _host.Board.Events.Count(item => item.Type is EventKind.Switched or EventKind.BuildCompleted);

    private static string Models(string name, string system = "first") =>
        $"  models:\n    - name: {name}\n      inline: |\n        FROM ./w.gguf\n        SYSTEM {system}\n";

    private string CommitApps(string models)
    {
        File.WriteAllBytes(Path.Combine(_apps.Path, "w.gguf"), TinyGguf.Bytes("one"));
        return _apps.Commit(
            "a change",
            ("modelops.yaml", $"apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: {{ name: apps }}\nspec:\n{models}"));
    }
}
