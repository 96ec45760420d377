using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>Many commits in quick succession end on the last one, and are not all worked on.</summary>
public sealed class RapidCommitTests : IAsyncDisposable
{
    private const int Commits = 100;

    private const string Pinned = "  models:\n    - { name: a, modelfile: a, residency: { mode: always } }\n";

    private readonly ReconcileHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_hundred_commits_while_one_is_worked_on_lead_to_the_last_with_bounded_work()
    {
        var (warming, mayEnd) = (new TaskCompletionSource(), new TaskCompletionSource());
        _host.Commit(Pinned, ("a", "FROM w.gguf\nSYSTEM 0"));
        _host.Runtime.OnWarm = async (_, token) =>
        {
            warming.TrySetResult();
            await mayEnd.Task.WaitAsync(token);
        };
        await _host.StartAsync();
        await warming.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        var last = "";
        for (var number = 1; number <= Commits; number++)
        {
            last = _host.Commit(Pinned, ("a", $"FROM w.gguf\nSYSTEM {number}"));
            _host.Loop.Wake();
        }

        mayEnd.SetResult();
        await _host.WaitForAsync(status => status.Source?.Applied == last);

        Assert.Equal($"{Commits}", _host.SystemOf("a"));
        var rows = _host.Chronicle.History(1000, "");
        Assert.Equal((last, HistoryResult.Applied), (rows[0].Revision, rows[0].Result));

        // A look is taken at each wake, so some between may be seen; what counts is that work does not grow with the commits.
        var loads = _host.Runtime.Calls.Count(call => call.StartsWith("warm", StringComparison.Ordinal));
        Assert.InRange(loads, 1, 10);
        Assert.InRange(rows.Count, 1, 10);
        Assert.InRange(_host.RememberedBuilds(), 1, 10);
        Assert.NotNull(_host.Store.Find(ModelName.Parse("a")));
    }
}
