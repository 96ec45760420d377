using System.Collections.Immutable;
using System.Globalization;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Tests.Execution;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Status;

public class StatusBoardTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);
    private static readonly ModelName s_name = ModelName.Parse("a");

    private readonly ShownRuntime _runtime = new();
    private readonly StatusBoard _board;

    public StatusBoardTests() => _board = new StatusBoard(_runtime, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void What_is_in_memory_is_asked_when_the_status_is_read()
    {
        Publish(Model(ResidencyMode.Always));
        Assert.False(_board.Current.Ready);
        _runtime.Load(s_name);
        Assert.True(_board.Current.Ready);
        Assert.True(_board.Current.Models[0].Resident);
    }

    [Fact]
    public void A_pinned_model_that_is_not_in_memory_is_degraded_and_says_why()
    {
        Publish(Model(ResidencyMode.Always));
        Assert.Equal(HealthState.Degraded, _board.Current.Models[0].Health);
        Assert.Contains("not in memory", _board.Current.Models[0].Message, StringComparison.Ordinal);
        Assert.Equal(HealthState.Degraded, _board.Current.Health);
    }

    [Fact]
    public void A_model_on_demand_that_is_not_in_memory_is_healthy()
    {
        Publish(Model(ResidencyMode.OnDemand));
        Assert.True(_board.Current.Ready);
        Assert.Equal(HealthState.Healthy, _board.Current.Health);
        Assert.Null(_board.Current.Models[0].Message);
    }

    [Theory]
    [InlineData(true, "crash loop")]
    [InlineData(false, "3 failures in a row")]
    public void A_model_that_cannot_be_loaded_tells_how_often_and_why(bool isCrashLoop, string told)
    {
        Publish(Model(ResidencyMode.OnDemand));
        _runtime.Problems = [new ModelProblem(s_name, "out of memory", 3, isCrashLoop)];
        var model = _board.Current.Models[0];
        Assert.Equal(HealthState.Degraded, model.Health);
        Assert.Contains(told, model.Message, StringComparison.Ordinal);
        Assert.Contains("out of memory", model.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_is_missing_stays_missing_while_it_is_worked_on()
    {
        Publish(Model(ResidencyMode.OnDemand) with { Health = HealthState.Missing });
        _board.Begin(At(ModelPhase.Building));
        Assert.Equal((ModelPhase.Building, HealthState.Missing), (_board.Current.Models[0].Phase, _board.Current.Models[0].Health));
    }

    [Fact]
    public void Where_a_model_is_is_shown_until_the_work_on_it_has_ended()
    {
        Publish(Model(ResidencyMode.OnDemand));
        var operation = At(ModelPhase.Gating);
        _board.Begin(operation);
        Assert.Equal((ModelPhase.Gating, HealthState.Progressing), (_board.Current.Models[0].Phase, _board.Current.Models[0].Health));
        Publish(Model(ResidencyMode.OnDemand));
        Assert.Equal(ModelPhase.Gating, _board.Current.Models[0].Operation!.Phase);
        Assert.False(_board.Current.Ready);
        _board.End(operation);
        Assert.Equal((ModelPhase.Pending, null), (_board.Current.Models[0].Phase, _board.Current.Models[0].Operation));
        Assert.True(_board.Current.Ready);
    }

    [Fact]
    public void A_download_tells_its_bytes_its_rate_and_what_is_left()
    {
        var time = new SteppedTime();
        var progress = new OperationProgress(s_name, "0123", "4567", time.GetUtcNow(), time);
        progress.Enter(ModelPhase.Fetching, step: 3);
        Assert.Null(progress.Read().Transfer);
        progress.Transfer(1_000, 10_000);
        for (var second = 1; second <= 4; second++)
        {
            time.Ahead += TimeSpan.FromSeconds(1);
            progress.Transfer(1_000 + (second * 500), 10_000);
        }

        Assert.Equal(new TransferStatus(3_000, 10_000, 500, 14), progress.Read().Transfer);

        // What does not come any more has no time at which it will have come.
        time.Ahead += TimeSpan.FromHours(10);
        Assert.Equal(new TransferStatus(3_000, 10_000, 0, null), progress.Read().Transfer);
        progress.Enter(ModelPhase.Building, step: 3);
        Assert.Null(progress.Read().Transfer);
    }

    [Fact]
    public void A_set_that_is_not_converged_is_not_ready()
    {
        Publish(Model(ResidencyMode.OnDemand), converged: false);
        Assert.False(_board.Current.Ready);
    }

    [Fact]
    public void The_health_of_all_is_that_of_the_worst()
    {
        _board.Publish(
            new DaemonStatus
            {
                Health = HealthState.Healthy,
                Models =
                    [Model(ResidencyMode.OnDemand), Model(ResidencyMode.OnDemand) with { Name = "b:latest", Health = HealthState.Missing }],
            },
            Facts(converged: true));
        Assert.Equal(HealthState.Missing, _board.Current.Health);
    }

    [Fact]
    public async Task Who_waits_for_a_status_wakes_when_it_is_published()
    {
        var waiting = _board.WaitForAsync(status => status.Models.Length == 1, Token);
        Assert.False(waiting.IsCompleted);
        Publish(Model(ResidencyMode.OnDemand));
        Assert.Single((await waiting.WaitAsync(s_limit, Token)).Models);
    }

    [Fact]
    public async Task A_reader_of_events_gets_each_once_and_in_order_from_the_one_it_names()
    {
        _board.Publish(Event(1), Event(2), Event(3));
        await using var events = _board.ReadEventsAsync(after: 1, Token).GetAsyncEnumerator(Token);
        var read = new List<long>();
        for (var count = 0; count < 2 && await events.MoveNextAsync(); count++)
            read.Add(events.Current.Id);
        var next = events.MoveNextAsync();
        Assert.False(next.IsCompleted);
        _board.Publish(Event(4));
        Assert.True(await next.AsTask().WaitAsync(s_limit, Token));
        Assert.Equal([2, 3, 4], read.Append(events.Current.Id));
    }

    [Fact]
    public void Only_the_newest_events_are_shown()
    {
        for (var id = 1; id <= StatusBoard.ShownEvents + 5; id++)
            _board.Publish(Event(id));
        Assert.Equal(StatusBoard.ShownEvents, _board.Events.Length);
        Assert.Equal(6, _board.Events[0].Id);
    }

    private void Publish(ModelStatus model, bool converged = true) =>
        _board.Publish(
            new DaemonStatus { Health = HealthState.Healthy, Models = [model] }, Facts(converged));

    private static StatusFacts Facts(bool converged) => new()
    {
        Names = ImmutableDictionary<string, ModelName>.Empty.Add("a:latest", s_name),
        Serves = true,
        Sources =
        [
            new SourceFacts("main", new SourceState { Accepted = new AcceptedRevision(ExecutionHost.State(), new MemoryTree(), []) })
            {
                Converged = converged,
            },
        ],
    };

    private static ModelStatus Model(ResidencyMode residency) => new()
    {
        Name = "a:latest",
        Source = "main",
        Residency = residency,
        Health = HealthState.Healthy,
        ServedBuild = "b",
        DesiredBuild = "b",
    };

    private static EventRecord Event(long id) =>
        new(
            id, DateTimeOffset.UnixEpoch, EventKind.Switched, Severity.Info, "a:latest", "", "",
            string.Create(CultureInfo.InvariantCulture, $"event {id}"));

    private static OperationProgress At(ModelPhase phase)
    {
        var progress = new OperationProgress(s_name, "0123", "4567", DateTimeOffset.UnixEpoch, TimeProvider.System);
        progress.Enter(phase, step: 1);
        return progress;
    }

    private sealed class SteppedTime : TimeProvider
    {
        internal TimeSpan Ahead { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + Ahead;

        public override long GetTimestamp() => Ahead.Ticks;
    }
}
