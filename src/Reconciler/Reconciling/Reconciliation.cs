using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Storage;
using ModelOps.ModelStore.Verification;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Delivery;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>What the rest of the daemon sees of reconciliation.</summary>
/// <param name="Board">Status and events.</param>
/// <param name="Chronicle">The past.</param>
/// <param name="Control">Takes what people and programs ask.</param>
/// <param name="Loop">Runs it.</param>
public sealed record Reconciliation(StatusBoard Board, Chronicle Chronicle, IReconcilerControl Control, ReconcileLoop Loop) : IDisposable
{
    /// <summary>Puts reconciliation together. The caller holds the <see cref="HomeLock"/>.</summary>
    /// <param name="options">Host configuration.</param>
    /// <param name="store">Where builds go.</param>
    /// <param name="builder">Makes builds; it pulls bases when it has a puller.</param>
    /// <param name="runtime">Serves them.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Jitter.</param>
    /// <param name="loggers">Where logs go.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="GitSourceException">A source is nothing that can be served. A remote that does not answer is no error here, and
    /// neither is one of several sources that is not there now.</exception>
    /// <exception cref="StateException">The state cannot be used.</exception>
    public static Task<Reconciliation> CreateAsync(
        ReconcilerOptions options, LocalStore store, ModelBuilder builder, IModelRuntime runtime, TimeProvider time, Random random,
        ILoggerFactory loggers, CancellationToken cancellationToken) =>
        CreateAsync(options, store, builder, runtime, time, random, loggers, written: null, cancellationToken);

    /// <summary>Where it is written who changed what.</summary>
    public required IAudit Audit { get; init; }

    /// <summary>Where its state is.</summary>
    internal StateDatabase? State { get; private init; }

    /// <summary>Up to which event receivers outside were told.</summary>
    public DeliveryMarks Marks => new(State!);

    private AtRestWatch? AtRest { get; init; }

    /// <summary>What was found of the files in the store: what is damaged is brought again. Any thread may call it.</summary>
    public void TakeIn(VerifyReport report) => AtRest?.Bring(report);

    private EventLog? Events { get; init; }

    private FollowedSources? Sources { get; init; }

    private SourceRoster? Roster { get; init; }

    /// <summary>Tells as an event what came of another look at the host's configuration. Any thread may call it.</summary>
    /// <param name="accepted">It was taken over.</param>
    /// <param name="message">What changed, and what did not.</param>
    public void TellConfiguration(bool accepted, string message) =>
        Events?.Add(new NewEvent(accepted ? EventKind.ConfigurationReloaded : EventKind.ConfigurationRejected, message));

    /// <summary>
    /// Follows these sources from the next pass on, as the host's configuration names them now. Models of one that is left out stay as they
    /// are. One call at a time.
    /// </summary>
    /// <returns>A sentence for each source that changes.</returns>
    /// <exception cref="GitSourceException">One is nothing that can be served; nothing changes then.</exception>
    public Task<ImmutableArray<string>> FollowAsync(ImmutableArray<SourceOptions> sources, CancellationToken cancellationToken) =>
        Roster!.ChangeAsync(sources, Sources!, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => Loop.Dispose();

    [SuppressMessage("Reliability", "CA2000", Justification = "Owned by the loop, which disposes them.")]
    internal static async Task<Reconciliation> CreateAsync(
        ReconcilerOptions options, LocalStore store, ModelBuilder builder, IModelRuntime runtime, TimeProvider time, Random random,
        ILoggerFactory loggers, Action<string, string>? written, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Home);
        var roster = new SourceRoster(Path.Combine(options.Home, "git"), time);
        var readers = await roster.OpenAsync(options.Sources, cancellationToken);
        var database = StateDatabase.Open(Path.Combine(options.Home, "state.db"), options.Version);
        database.Written = options.StateWritten;
        var board = new StatusBoard(runtime, time);
        var eventRecords = new EventRecords(database);
        var events = new EventLog(eventRecords, board, time);
        events.ShowLatest();
        var builds = new BuildRecords(database);
        var owner = HomeIdentity.Of(options.Home);
        var homes = StoreHomes.Enter(store.Folder, owner, options.Home);
        var managed = Managed(new StoredOwnership(store, owner, homes), database, builds, events, time);
        var residency = new ResidencyWatch(runtime, managed, board, events, time);
        runtime.WatchMemory(residency.Changed);
        var records = new PassRecords(
            new StepJournal(database, time) { Written = written }, new OperationRecords(database), new HoldRecords(database),
            new SuspensionRecords(database), new Retention(database, options.Retention, time), events,
            new PassEvents(board, events, residency, time), new FightWatch(events, time));
        var policies = new PolicyBook(runtime, managed);
        policies.Restore();
        var switching = new NameSwitch(store, runtime, policies, managed, builds, events);
        var import = new InputImport(store, builds, builder.Puller);
        var pins = new ContentPins(database);
        var content = new ContentWatch(store, pins, builds);
        var places = new Places(options.Parallelism);
        var observed = new ObservationRecords(database);
        var pauseRecords = new PauseRecords(database);
        var pauses = new PauseBook(pauseRecords, events, time);
        var atRestRecords = new AtRestRecords(database);
        var operations = new Operations(new ExecutionTools(
            options, runtime, new BuildMaker(store, builder, import, builds, managed, places, time), new BuildGate(runtime, time),
            new CanaryRun(runtime, time), pauses, switching,
            policies, records.Journal, records.Operations, places, records.Holds, observed, events, board, time));
        var claims = new SourceClaims(managed);
        var sources = new FollowedSources(
            [.. options.Sources.Zip(readers, (source, reader) => Follow(source, reader))], content, claims, time);
        foreach (var source in sources.All)
            policies.Answer(source.Name, source.Stopped);
        var history = new HistoryRecords(database, source: "", time);
        var status = new StatusWriter(board, records.Suspensions, history, pauseRecords, atRestRecords, time);
        var atRest = new AtRestWatch(store, runtime, sources, managed, builds, atRestRecords, events, time);
        status.Write([.. sources.All.Select(source => source.View())]);
        var approvals = new ApprovalRecords(database);
        var audit = new AuditRecords(database);
        var requests = new RequestQueue(new RequestRecords(database), audit, board, time);
        var pass = new ReconcilePass(
            sources,
            new Observer(
                store, runtime, managed, new UndeclaredNames(database), builds, records.Holds, approvals, content, records.Fights, time)
            {
                Damaged = atRest.Damaged,
            },
            operations,
            policies,
            switching,
            records,
            status,
            time,
            loggers.CreateLogger<ReconcilePass>());
        requests.Comparison = pass.Compare;
        var rollback = new Rollback(store, runtime, managed, switching, pauses, options, time);
        var commands = new LoopCommands(
            requests,
            new ModelCommands(records, sources, operations, rollback, builds, managed, time),
            new SourceCommands(records, sources, operations, approvals, pass.Compare, time),
            sources, operations, events, board, pass.Show, time, loggers.CreateLogger<LoopCommands>());
        roster.Follow = Follow;
        var drains = new DrainWatch(runtime, sources, managed, events, time);
        runtime.WatchMemory(replaced =>
        {
            residency.Changed(replaced);
            drains.Look();
        });
        var owned = new Owned(drains, import, places, homes, database);
        return new Reconciliation(
            board,
            new Chronicle(events, eventRecords, history, board),
            requests,
            new ReconcileLoop(
                pass, commands, sources, operations,
                new Watches(
                    new ObservationWatch(observed, runtime, sources, managed, records.Holds, time) { Control = requests },
                    drains,
                    atRest),
                time,
                new PassFaults(board, events, loggers.CreateLogger<ReconcileLoop>()), owned))
        {
            Audit = audit,
            Events = events,
            State = database,
            AtRest = atRest,
            Sources = sources,
            Roster = roster,
        };

        FollowedSource Follow(SourceOptions source, IRepositorySource reader)
        {
            var revisions = new RevisionRecords(database, source.Name);
            var intake = new RevisionIntake(
                reader, source, new HostFiles(options.AllowedPaths, pins.FilesOf), revisions, new SourceRecords(database), events,
                new WeightsLook(import.StoredPath) { Capacity = options.Capacity }, content, claims, time);
            return new FollowedSource(
                source, reader, intake, revisions,
                new RunHistory(new HistoryRecords(database, source.Name, time), managed, events, source.Name, time),
                new RetryBook(options, records.Operations, source.Name, time, random), records.Suspensions, random, time);
        }
    }

    /// <summary>Our names, with those that the store remembers and a new database does not.</summary>
    private static ManagedNames Managed(
        StoredOwnership ownership, StateDatabase database, BuildRecords builds, EventLog events, TimeProvider time)
    {
        var managed = new ManagedNames(database, ownership);
        var found = managed.Recover();
        foreach (var name in found.Where(name => builds.Find(name.Inputs) is null))
            builds.Add(new BuildRecord(name.Inputs, name.Build), "", time.GetUtcNow());
        if (!found.IsEmpty)
        {
            events.Add(new NewEvent(
                EventKind.StateRebuilt,
                $"the state had forgotten {CountText.Of(found.Length, "managed name")}; the store still had the records of them"));
        }

        return managed;
    }

    private sealed class Owned(params IDisposable[] things) : IDisposable
    {
        public void Dispose() => Array.ForEach(things, thing => thing.Dispose());
    }
}
