using System.Globalization;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Tests.Sources;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>
/// What a pass costs that finds nothing to do: it asks git once, runs as few statements for many models as for few, and reads no
/// manifest again.
/// </summary>
public sealed class NoChangeCostTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ReconcileHost _host = new(TimeProvider.System, new AheadTime());

    private string Starts => _folder.Combine("starts");

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_pass_without_change_asks_git_once_and_reads_nothing_again_however_many_models_there_are()
    {
        var git = CountingGit();
        _host.Adjust = options => options with { Git = git };
        Commit(3);
        await _host.StartAsync();
        await _host.WaitForAsync(status => status.Ready && status.Models.Length == 3);
        var few = await CostAsync();

        Commit(60);
        await _host.SyncAsync();
        await _host.WaitForAsync(status => status.Ready && status.Models.Length == 60);
        var many = await CostAsync();

        Assert.Equal(new Cost(Starts: 1, few.Statements, ManifestReads: 0), few);
        Assert.Equal(few, many);
        Assert.InRange(many.Statements, 1, 20);
    }

    [Fact]
    public async Task What_changes_beside_it_is_still_seen_by_the_next_pass()
    {
        Commit(3);
        await _host.StartAsync();
        await _host.WaitForAsync(status => status.Ready);
        await CostAsync();
        var wanted = _host.Store.Find(Name("m1"))!.Digest;

        Assert.True(_host.Store.Copy(Name("m2"), Name("m1")));
        Assert.NotEqual(wanted, _host.Store.Find(Name("m1"))!.Digest);
        await _host.SyncAsync();
        Assert.Equal(wanted, _host.Store.Find(Name("m1"))!.Digest);

        File.Delete(Path.Combine(_host.Store.Folder, "manifests", "registry.ollama.ai", "library", "m3", "latest"));
        await _host.SyncAsync();
        Assert.NotNull(_host.Store.Find(Name("m3")));
    }

    private static ModelStore.Names.ModelName Name(string text) => ModelStore.Names.ModelName.Parse(text);

    /// <summary>Of one pass. What else is written down beside a pass only adds to it, so the least of several is a pass's own.</summary>
    private async Task<Cost> CostAsync()
    {
        var costs = new List<Cost>();
        await _host.SyncAsync();
        for (var pass = 0; pass < 5; pass++)
        {
            var before = Now();
            await _host.SyncAsync();
            var after = Now();
            costs.Add(
                new Cost(after.Starts - before.Starts, after.Statements - before.Statements, after.ManifestReads - before.ManifestReads));
        }

        return costs.MinBy(cost => cost.Statements)!;
    }

    private Cost Now() => new(
        File.Exists(Starts) ? File.ReadAllLines(Starts).Length : 0, _host.Statements, _host.Store.ManifestReads);

    private void Commit(int models) => _host.Commit(
        "  models:\n" + string.Concat(Enumerable.Range(1, models).Select(
            number => string.Create(
                CultureInfo.InvariantCulture, $"    - {{ name: m{number}, inline: \"FROM w.gguf\\nSYSTEM {number}\" }}\n"))));

    /// <summary>The git program, which notes each of its starts.</summary>
    private GitEngine CountingGit()
    {
        var script = _folder.Combine("git");
        File.WriteAllText(script, $"#!/bin/sh\necho \"$1\" >> '{Starts}'\nexec git \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new GitEngine(script, [], IsBuiltIn: false);
    }

    private sealed record Cost(long Starts, long Statements, long ManifestReads);

    /// <summary>As if the times of the files had settled long ago.</summary>
    private sealed class AheadTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromMinutes(1);
    }
}
