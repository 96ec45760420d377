using System.Diagnostics.Metrics;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Tests.Sources;
using ModelOps.TestKit;

namespace ModelOps.Reconciler.Tests.Status;

/// <summary>Events are a closed list, each is documented, and what is only seen again is told once in five minutes.</summary>
public sealed class EventLogTests : IDisposable
{
    private readonly TemporaryFolder _home = new();
    private readonly SetTime _time = new();
    private readonly StateDatabase _database;
    private readonly StatusBoard _board = new(new ShownRuntime(), TimeProvider.System);
    private readonly EventLog _log;

    public EventLogTests()
    {
        _database = StateDatabase.Open(_home.Combine("state.db"));
        _log = new EventLog(new EventRecords(_database), _board, _time);
    }

    public void Dispose()
    {
        _database.Dispose();
        _home.Dispose();
    }

    [Fact]
    public void Every_kind_of_event_is_documented_with_its_severity_and_no_other_is()
    {
        var documented = File.ReadLines(Path.Combine(RepoRoot.Path, "docs", "spec", "events.md"))
            .SkipWhile(line => line != "## The kinds")
            .TakeWhile(line => line != "## History")
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => (Kind: cells[1].Trim('`'), Severity: cells[2]))
            .ToArray();

        Assert.Equal(
            Enum.GetValues<EventKind>().Select(kind => (kind.ToString(), EventKinds.SeverityOf(kind).ToString().ToLowerInvariant())),
            documented);
    }

    [Fact]
    public void Every_kind_that_is_not_marked_is_told_somewhere()
    {
        var unmarked = File.ReadLines(Path.Combine(RepoRoot.Path, "docs", "spec", "events.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells is [_, _, _, _, not "not yet", _, _] && Enum.TryParse<EventKind>(cells[1].Trim('`'), out _))
            .Select(cells => $"EventKind.{cells[1].Trim('`')}");
        string[] tables = ["EventKind.cs", "EventKinds.cs", "ReconcilerMetrics.cs"];
        var code = string.Concat(
            Directory.EnumerateFiles(RepoRoot.Combine("src", "Reconciler"), "*.cs", SearchOption.AllDirectories)
                .Where(file => !tables.Contains(Path.GetFileName(file)))
                .Select(File.ReadAllText));

        Assert.All(unmarked, kind => Assert.Matches($@"{kind}\b", code));
    }

    [Fact]
    public void A_digest_that_bytes_do_not_have_is_counted_by_where_that_was_seen()
    {
        var stages = new List<(string, object?)>();
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "modelops_digest_mismatch")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        var here = Environment.CurrentManagedThreadId;
        meters.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            // Other tests count on other threads.
            if (Environment.CurrentManagedThreadId == here)
                stages.Add((tags[0].Key, tags[0].Value));
        });
        meters.Start();

        _log.Add(new NewEvent(EventKind.DigestMismatch, "other bytes came") { Model = ModelName.Parse("a") });
        _log.Add(new NewEvent(EventKind.WeightsDamaged, "other bytes lie there") { Model = ModelName.Parse("a") });
        Assert.Equal([("stage", "import"), ("stage", "rest")], stages);
    }

    [Fact]
    public void What_is_seen_again_is_told_once_in_five_minutes_whatever_its_words_are()
    {
        Assert.True(_log.Add(new NewEvent(EventKind.FetchFailed, "no route")));
        _time.Now += TimeSpan.FromMinutes(4.9);
        Assert.False(_log.Add(new NewEvent(EventKind.FetchFailed, "no route, again")));
        _time.Now += TimeSpan.FromMinutes(0.2);
        Assert.True(_log.Add(new NewEvent(EventKind.FetchFailed, "no route, still")));

        Assert.Equal(["no route", "no route, still"], _board.Events.Select(item => item.Message));
    }

    [Fact]
    public void Another_object_revision_or_request_is_another_event()
    {
        var failed = new NewEvent(EventKind.BuildFailed, "no such file") { Model = ModelName.Parse("a"), Revision = "r1" };
        _log.Add(failed);
        _log.Add(failed with { Message = "no such folder" });
        _log.Add(failed with { Model = ModelName.Parse("b") });
        _log.Add(failed with { Revision = "r2" });
        _log.Add(failed with { Request = "req-1" });

        Assert.Equal(
            [("a:latest", "r1", ""), ("b:latest", "r1", ""), ("a:latest", "r2", ""), ("a:latest", "r1", "req-1")],
            _board.Events.Select(item => (item.Subject, item.Revision, item.Request)));
    }

    [Fact]
    public void What_was_done_is_told_each_time()
    {
        foreach (var kind in new[] { EventKind.Suspended, EventKind.Resumed, EventKind.Suspended })
            _log.Add(new NewEvent(kind, "by command") { Actor = "ann@desk" });

        Assert.Equal([EventKind.Suspended, EventKind.Resumed, EventKind.Suspended], _board.Events.Select(item => item.Type));
    }

    [Fact]
    public void Who_and_which_request_are_there_after_a_restart()
    {
        _log.Add(new NewEvent(EventKind.Held, "looks wrong")
        {
            Model = ModelName.Parse("a"),
            Revision = "r1",
            Build = "b1",
            Actor = "ann@desk",
            Request = "req-7",
        });
        _log.Flush();
        var board = new StatusBoard(new ShownRuntime(), _time);
        new EventLog(new EventRecords(_database), board, _time).ShowLatest();

        var item = Assert.Single(board.Events);

        Assert.Equal((EventKind.Held, Severity.Warning, "a:latest"), (item.Type, item.Severity, item.Subject));
        Assert.Equal(("r1", "b1", "ann@desk", "req-7"), (item.Revision, item.Build, item.Actor, item.Request));
    }

    private sealed class SetTime : TimeProvider
    {
        internal DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
