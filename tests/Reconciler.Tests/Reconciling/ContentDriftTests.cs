using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Tests.Sources;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>Content outside git that changes under a model is drift: seen, told, and taken in only where the set asks for that.</summary>
public sealed class ContentDriftTests : IAsyncDisposable
{
    private readonly TemporaryFolder _outside = new();
    private readonly ReconcileHost _host = new();

    public ContentDriftTests()
    {
        _host.AllowedPaths = [_outside.Path];
        Write("one");
    }

    private string Weights => _outside.Combine("weights.gguf");

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _outside.Dispose();
    }

    [Fact]
    public async Task A_file_that_changed_is_told_and_what_was_built_from_it_serves_on_also_after_a_restart_and_an_unrelated_commit()
    {
        _host.Commit(Set("warn"));
        await _host.StartAsync();
        Assert.True((await _host.SyncAsync()).Ready);
        var served = Served();
        Write("two");

        await Drifted(served);
        await _host.StopAsync();
        await _host.StartAsync();
        await Drifted(served);
        _host.Commit(Set("warn") + "    - { name: other, inline: FROM w.gguf }\n");
        await Drifted(served);
        Assert.Contains(_host.Board.Events, item => item.Type == EventKind.DriftDetected);
    }

    [Fact]
    public async Task A_file_that_is_gone_keeps_its_model_served()
    {
        _host.Commit(Set("warn"));
        await _host.StartAsync();
        await _host.SyncAsync();
        var served = Served();
        File.Delete(Weights);
        await _host.StopAsync();

        await _host.StartAsync();
        var status = await _host.SyncAsync();

        Assert.Equal(served, Served());
        Assert.Contains("is gone", status.Models[0].Message, StringComparison.Ordinal);
        Assert.True(status.Serving);
    }

    [Fact]
    public async Task A_file_that_changed_is_taken_in_where_the_set_asks_for_that()
    {
        _host.Commit(Set("correct"));
        await _host.StartAsync();
        await _host.SyncAsync();
        var served = Served();
        Write("two");

        var status = await _host.SyncAsync();

        Assert.NotEqual(served, Served());
        Assert.True(status.Ready);
        Assert.Contains(_host.Board.Events, item => item.Type == EventKind.DriftCorrected);
    }

    [Fact]
    public async Task New_content_that_is_of_no_use_is_not_taken_in()
    {
        _host.Commit(Set("correct"));
        await _host.StartAsync();
        await _host.SyncAsync();
        var served = Served();
        File.WriteAllText(Weights, "no weights at all");

        await Drifted(served);
        await Drifted(served);
        Write("one");
        await _host.SyncAsync();
        Assert.Equal(served, Served());
    }

    [Theory]
    [InlineData("warn", false)]
    [InlineData("correct", true)]
    public async Task A_name_that_means_another_model_now_is_drift_too(string files, bool follows)
    {
        _host.Commit(
            "  models:\n    - { name: base, inline: \"FROM w.gguf\\nSYSTEM one\" }\n"
            + "    - { name: next, inline: \"FROM w.gguf\\nSYSTEM two\" }\n");
        await _host.StartAsync();
        await _host.SyncAsync();
        _host.Store.Copy(ModelName.Parse("base"), ModelName.Parse("mine"));
        _host.Commit(
            $"  drift: {{ files: {files} }}\n  prune: {{ enabled: false }}\n  models:\n    - {{ name: a, inline: FROM mine }}\n");
        Assert.True((await _host.SyncAsync()).Ready);
        Assert.True((await _host.SyncAsync()).Ready);
        var served = Served();
        _host.Store.Copy(ModelName.Parse("next"), ModelName.Parse("mine"));

        var status = await _host.SyncAsync();

        Assert.Equal(follows, served != Served());
        Assert.Equal(follows ? "two" : "one", _host.SystemOf("a"));
        Assert.Equal(follows, status.Ready);
    }

    private async Task Drifted(string served)
    {
        var status = await _host.SyncAsync();
        Assert.Equal(served, Served());
        Assert.Equal((ConditionReason.Drifted, false, true), (status.Models[0].Reason, status.Ready, status.Serving));
        Assert.Contains("weights.gguf changed", status.Models[0].Message, StringComparison.Ordinal);
        Assert.Contains(status.Conditions, condition => condition.Type == ConditionType.Drifted);
    }

    private string Set(string files) =>
        $"  drift: {{ files: {files} }}\n  models:\n    - {{ name: a, inline: \"FROM {Weights}\" }}\n";

    private string Served() => _host.Store.Find(ModelName.Parse("a"))!.Digest;

    private void Write(string content) => File.WriteAllBytes(Weights, TinyGguf.Bytes(content));
}
