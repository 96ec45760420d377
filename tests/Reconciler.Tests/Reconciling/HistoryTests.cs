using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>History has a row for each revision and each model that it changes, and its words mean what they say.</summary>
public sealed class HistoryTests : IAsyncDisposable
{
    private const string Two = "  models:\n    - { name: a, modelfile: a }\n    - { name: b, modelfile: b }\n";

    private const string Gated =
        "  models:\n    - name: a\n      modelfile: a\n"
        + "      rollout: { gate: { smoke: [ { prompt: Say ok, expect: { contains: ok } } ] } }\n";

    private readonly ReconcileHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_revision_that_is_served_is_applied_and_so_is_each_model_that_it_changes()
    {
        var first = _host.Commit(Two, ("a", "FROM w.gguf\nSYSTEM one"), ("b", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.SyncAsync();
        var second = _host.Commit(Two, ("a", "FROM w.gguf\nSYSTEM two"));

        await _host.SyncAsync();

        Assert.Equal(
            [
                (second, "", HistoryResult.Applied), (second, "a:latest", HistoryResult.Applied), (first, "", HistoryResult.Applied),
                (first, "a:latest", HistoryResult.Applied), (first, "b:latest", HistoryResult.Applied),
            ],
            Rows());
        Assert.Equal(_host.Store.Find(ModelName.Parse("a"))!.Digest, _host.Chronicle.History(10, "a:latest")[0].Build);
        Assert.Equal("Operator", _host.Chronicle.History(10, "a:latest")[0].Author);
    }

    [Fact]
    public async Task A_model_that_fails_again_and_again_has_one_row_and_its_revision_is_partial()
    {
        _host.FirstRetry = TimeSpan.FromMinutes(10);
        _host.Runtime.OnWarm = (_, _) => throw new ModelRuntimeException(ModelName.Parse("b"), "no room");
        var pinned = Two.Replace("modelfile: b", "modelfile: b, residency: { mode: always }", StringComparison.Ordinal);
        var revision = _host.Commit(pinned, ("a", "FROM w.gguf"), ("b", "FROM w.gguf\nSYSTEM b"));
        await _host.StartAsync();
        for (var time = 0; time < 3; time++)
            await _host.SyncAsync();

        Assert.Equal(
            [
                (revision, "", HistoryResult.Partial), (revision, "a:latest", HistoryResult.Applied),
                (revision, "b:latest", HistoryResult.Failed),
            ],
            Rows());
        var failed = _host.Chronicle.History(1, "b:latest")[0];
        Assert.True(failed.Attempts >= 3, $"{failed.Attempts} attempts");
        Assert.Contains("no room", failed.Message, StringComparison.Ordinal);

        _host.Runtime.OnWarm = (_, _) => Task.CompletedTask;
        await _host.SyncAsync();

        Assert.All(Rows(), row => Assert.Equal(HistoryResult.Applied, row.Result));
        Assert.Equal("2 of 2 models done", _host.Chronicle.History(1, "")[0].Message);
    }

    [Fact]
    public async Task A_refused_build_makes_its_revision_failed_and_is_never_told_as_applied()
    {
        _host.Runtime.OnProbe = (_, _) => "no";
        _host.Commit(Gated, ("a", "FROM w.gguf"));
        await _host.StartAsync();

        await _host.SyncAsync();
        await _host.SyncAsync();

        Assert.Equal([HistoryResult.Failed, HistoryResult.Failed], Rows().Select(row => row.Result));
        Assert.Contains("it answered", _host.Chronicle.History(1, "a:latest")[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revision_that_a_newer_one_overtakes_is_superseded_with_the_models_that_were_being_worked_on()
    {
        var pinned = "  models:\n    - { name: a, modelfile: a, residency: { mode: always } }\n";
        var warming = new TaskCompletionSource();
        _host.PollInterval = TimeSpan.FromMilliseconds(20);
        _host.Runtime.OnWarm = async (_, token) =>
        {
            warming.TrySetResult();
            await Task.Delay(Timeout.Infinite, token);
        };
        var first = _host.Commit(pinned, ("a", "FROM w.gguf\nSYSTEM one"));
        await _host.StartAsync();
        await warming.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        _host.Runtime.OnWarm = (_, _) => Task.CompletedTask;
        var second = _host.Commit(pinned, ("a", "FROM w.gguf\nSYSTEM two"));

        await _host.WaitForAsync(status => status.Source?.Applied == second);
        await _host.SyncAsync();

        Assert.Equal(
            [
                (second, "", HistoryResult.Applied), (second, "a:latest", HistoryResult.Applied), (first, "", HistoryResult.Superseded),
                (first, "a:latest", HistoryResult.Superseded),
            ],
            Rows());
        Assert.Contains(_host.Board.Events, item => item.Type == EventKind.RevisionSuperseded && item.Revision == first);
    }

    [Fact]
    public async Task A_revision_that_is_no_good_has_one_row_over_restarts()
    {
        var good = _host.Commit(Two, ("a", "FROM w.gguf"), ("b", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.SyncAsync();
        var bad = _host.Commit("  nonsense: true\n");
        await _host.SyncAsync();
        await _host.StopAsync();
        await _host.StartAsync();

        await _host.SyncAsync();

        Assert.Equal([(bad, "", HistoryResult.Rejected), (good, "", HistoryResult.Applied)], Rows().Where(row => row.Model.Length == 0));
        Assert.Equal(("Operator", 0), (_host.Chronicle.History(1, "")[0].Author, _host.Chronicle.History(1, "")[0].Attempts));
    }

    [Fact]
    public async Task A_rollback_is_told_on_the_revision_that_was_taken_back()
    {
        _host.Commit(Two, ("a", "FROM w.gguf\nSYSTEM one"), ("b", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.SyncAsync();
        var before = _host.Store.Find(ModelName.Parse("a"))!.Digest;
        var second = _host.Commit(Two, ("a", "FROM w.gguf\nSYSTEM two"));
        await _host.SyncAsync();

        Assert.Equal(
            RequestOutcome.Done, (await _host.AskAsync(new ControlCommand.Rollback(ModelName.Parse("a")), reason: "worse")).Outcome);
        await _host.SyncAsync();

        Assert.Equal([(second, "", HistoryResult.RolledBack), (second, "a:latest", HistoryResult.RolledBack)], Rows().Take(2));
        var row = _host.Chronicle.History(1, "a:latest")[0];
        Assert.Equal((before, "worse"), (row.Build, row.Message));
    }

    [Fact]
    public async Task What_a_restart_brings_back_into_memory_is_no_news_about_the_revision()
    {
        var pinned = "  models:\n    - { name: a, modelfile: a, residency: { mode: always } }\n";
        _host.Commit(pinned, ("a", "FROM w.gguf"));
        await _host.StartAsync();
        await _host.SyncAsync();
        var before = Rows();
        await _host.StopAsync();
        await _host.StartAsync();

        await _host.SyncAsync();

        Assert.Equal(before, Rows());
        Assert.Equal(1, _host.Chronicle.History(1, "a:latest")[0].Attempts);
    }

    private List<(string Revision, string Model, HistoryResult Result)> Rows() =>
        [.. _host.Chronicle.History(100).Select(row => (row.Revision, row.Model, row.Result))];
}
