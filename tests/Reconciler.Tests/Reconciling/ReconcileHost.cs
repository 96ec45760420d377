using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Reconciling;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Tests.Sources;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A daemon without an engine: real git, real store, real state, and a runtime that only records.</summary>
internal sealed class ReconcileHost : IAsyncDisposable
{
    private static readonly string[] s_broken = ["facts", "sources", "events"];

    private readonly TemporaryFolder _home = new();
    private readonly TimeProvider _time;
    private CancellationTokenSource _stop = new();
    private Reconciliation? _parts;
    private StatusTruth? _truth;
    private Task _running = Task.CompletedTask;

    internal ReconcileHost()
        : this(TimeProvider.System)
    {
    }

    /// <param name="time">The clock of the daemon.</param>
    /// <param name="storeTime">The clock of the store; null is that of the system.</param>
    /// <param name="store">Folder of the store; null is one of its own.</param>
    internal ReconcileHost(TimeProvider time, TimeProvider? storeTime = null, string? store = null)
    {
        _time = time;
        Store = LocalStore.Open(store ?? _home.Combine("store"), storeTime ?? TimeProvider.System);
        Runtime = new RecordingRuntime(Store);
    }

    internal GitRepository Repository { get; } = new();

    /// <summary>Folder of the state and the store.</summary>
    internal string Home => _home.Path;

    internal LocalStore Store { get; }

    internal RecordingRuntime Runtime { get; private set; }

    /// <summary>Statements that the database of the state ran.</summary>
    internal long Statements => _parts!.State!.Statements;

    internal StatusBoard Board => _parts!.Board;

    internal Chronicle Chronicle => _parts!.Chronicle;

    internal ReconcileLoop Loop => _parts!.Loop;

    internal IReconcilerControl Control => _parts!.Control;

    /// <summary>Delay before what failed is tried again.</summary>
    internal TimeSpan FirstRetry { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Adjusts how the source is followed.</summary>
    internal Func<SourceOptions, SourceOptions> Adjust { get; set; } = options => options;

    /// <summary>Called after every record of the journal.</summary>
    internal Action<string, string>? Written { get; set; }

    internal TimeSpan PollInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Where the source is; null is <see cref="Repository"/>.</summary>
    internal string? Location { get; set; }

    /// <summary>What pinned models must fit into together.</summary>
    internal HostOptions? Capacity { get; set; }

    internal ImmutableArray<string> AllowedPaths { get; set; } = [];

    /// <summary>Fetches bases that are absent; null fetches nothing.</summary>
    internal IModelPuller? Puller { get; set; }

    internal string SourceName { get; set; } = "main";

    /// <summary>Sources besides the first.</summary>
    internal ImmutableArray<SourceOptions> Further { get; set; } = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Commits a set of models, all on the same weights unless said otherwise.</summary>
    internal string Commit(string models, params (string Path, string? Text)[] files)
    {
        if (!File.Exists(Path.Combine(Repository.Path, "w.gguf")))
            File.WriteAllBytes(Path.Combine(Repository.Path, "w.gguf"), TinyGguf.Bytes("one"));
        var yaml = $"apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: {{ name: test }}\nspec:\n{models}";
        return Repository.Commit("a change", [("modelops.yaml", yaml), .. files]);
    }

    /// <summary>Starts the loop as a new process would.</summary>
    internal async Task StartAsync()
    {
        _stop = new CancellationTokenSource();
        _parts = await Reconciliation.CreateAsync(
            new ReconcilerOptions
            {
                Home = _home.Path,
                Version = "1.2.3",
                AllowedPaths = AllowedPaths,
                Capacity = Capacity,
                Sources =
                [
                    Adjust(new SourceOptions { Name = SourceName, Location = Location ?? Repository.Path, PollInterval = PollInterval }),
                    .. Further,
                ],
                FirstRetry = FirstRetry,
            },
            Store,
            new ModelBuilder(Store, Puller, quantizer: null) { RemoveUnused = false },
            Runtime,
            _time,
            new Random(1),
            NullLoggerFactory.Instance,
            Written,
            Token);
        _truth = new StatusTruth(_parts.Board, Store, Runtime);
        _parts.Loop.PassEnded = _truth.Judge;
        _running = _parts.Loop.RunAsync(_stop.Token);
    }

    /// <summary>The host's configuration names these sources now, besides the first.</summary>
    internal Task<ImmutableArray<string>> FollowAsync(params ReadOnlySpan<SourceOptions> further) => _parts!.FollowAsync(
        [Adjust(new SourceOptions { Name = SourceName, Location = Location ?? Repository.Path, PollInterval = PollInterval }), .. further],
        Token);

    /// <summary>Ends the loop, and the "process" with it: nothing in memory survives.</summary>
    internal async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _parts?.Dispose();
        _truth?.Check();
        Runtime = Runtime.Restarted();
    }

    /// <summary>Changes the store behind the back of the daemon, at any time.</summary>
    internal void Meddle(Action<LocalStore> change) => _truth!.Meddle(() => change(Store));

    /// <summary>Asks for a pass and returns the status after it.</summary>
    internal async Task<DaemonStatus> SyncAsync()
    {
        await AskAsync(new ControlCommand.Sync());
        _truth!.Check();
        return Board.Current;
    }

    /// <summary>Asks for something and returns what came of it.</summary>
    internal async Task<RequestRecord> AskAsync(ControlCommand command, string actor = "ana@desk", string reason = "")
    {
        var request = Control.Ask(command, actor, reason);
        return (await Control.WaitAsync(request.Token, Token).WaitAsync(TimeSpan.FromSeconds(60), Token))!;
    }

    /// <summary>Phases of work and what is in memory are looked at when a status is read, and wake nobody.</summary>
    internal async Task<DaemonStatus> WaitForAsync(Func<DaemonStatus, bool> condition)
    {
        for (var waited = Stopwatch.StartNew(); ;)
        {
            using var look = CancellationTokenSource.CreateLinkedTokenSource(Token);
            look.CancelAfter(TimeSpan.FromMilliseconds(50));
            try
            {
                return await Board.WaitForAsync(condition, look.Token);
            }
            catch (OperationCanceledException error) when (!Token.IsCancellationRequested)
            {
                if (waited.Elapsed > TimeSpan.FromSeconds(60))
                    throw new TimeoutException("The status is not what was waited for.", error);
            }
        }
    }

    /// <summary>From now on the state takes nothing in: another process has locked it for good, or so it seems.</summary>
    internal void BreakState() =>
        Execute(
            string.Concat(
                s_broken.Select(
                    table => $"CREATE TRIGGER {table}_broken BEFORE INSERT ON {table} BEGIN "
                        + "SELECT RAISE(ABORT, 'the disk is on fire'); END;")));

    /// <summary>The end of that.</summary>
    internal void MendState() => Execute(string.Concat(s_broken.Select(table => $"DROP TRIGGER {table}_broken;")));

    /// <summary>First row of the audit that was changed; null when none was.</summary>
    internal long? FindAuditBreak()
    {
        using var database = StateDatabase.Open(_home.Combine("state.db"));
        return new AuditRecords(database).FindBreak();
    }

    /// <summary>The database is gone, and all that only it knew.</summary>
    internal void LoseState()
    {
        foreach (var file in Directory.GetFiles(Home, "state.db*"))
            File.Delete(file);
    }

    internal void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_home.Combine("state.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Builds that the database remembers.</summary>
    internal int RememberedBuilds() => Count("builds");

    /// <summary>The state has the name as ours.</summary>
    internal bool IsManaged(ModelName name) => Count($"managed WHERE name = '{name.FullName}'") > 0;

    /// <summary>Rows of a table of the state.</summary>
    internal int Count(string table)
    {
        using var connection = new SqliteConnection($"Data Source={_home.Combine("state.db")};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Names of tables, and what narrows them, come from the tests.
        command.CommandText = "SELECT COUNT(*) FROM " + table;
#pragma warning restore CA2100
        return (int)(long)command.ExecuteScalar()!;
    }

    internal string? SystemOf(string name) => Store.Find(ModelName.Parse(name)) is { } model ? Store.Read(model).System : null;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        Repository.Dispose();
        _home.Dispose();
    }
}
