using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A gate that fails once in three: what it refuses is held and told, and what serves is always a build that passed.</summary>
public sealed class FlakyGateTests : IAsyncDisposable
{
    private const string Models =
        "  models:\n    - { name: a, modelfile: a, rollout: { gate: { smoke: [ { prompt: Say ok., expect: { contains: ok } } ] } } }\n";

    private readonly ReconcileHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Each_change_either_serves_or_is_held_and_a_retry_lets_it_pass()
    {
        var (asked, held) = (0, 0);
        _host.Runtime.OnProbe = (_, _) => ++asked % 3 == 0 ? "no" : "ok";
        _host.Commit(Models, ("a", "FROM w.gguf\nSYSTEM 0"));
        await _host.StartAsync();
        await _host.SyncAsync();
        Assert.Equal("0", _host.SystemOf("a"));

        for (var change = 1; change <= 6; change++)
        {
            _host.Repository.Commit($"change {change}", ("a", $"FROM w.gguf\nSYSTEM {change}"));
            var status = await _host.SyncAsync();
            if (asked % 3 == 0)
            {
                held++;
                Assert.Equal((ModelPhase.RolledBack, $"{change - 1}"), (status.Models[0].Phase, _host.SystemOf("a")));
                Assert.StartsWith("its smoke gate failed", status.Models[0].Hold, StringComparison.Ordinal);
                await _host.SyncAsync();
                Assert.Equal($"{change - 1}", _host.SystemOf("a"));
                await _host.AskAsync(new ControlCommand.Retry(ModelName.Parse("a")));
                await _host.SyncAsync();
            }

            Assert.Equal(($"{change}", null), (_host.SystemOf("a"), _host.Board.Current.Models[0].Hold));
        }

        // Ten questions in all, of which every third was answered badly.
        Assert.Equal((3, true), (held, _host.Board.Current.Ready));
    }
}
