using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using ModelOps.ModelfileLang.Meaning;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Reconciling;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Tests.Reconciling;
using ModelOps.Reconciler.Tests.Sources;

namespace ModelOps.Reconciler.Tests.Execution;

/// <summary>What carries out plans: with a real store and real state, without git and without an engine.</summary>
internal sealed class ExecutionHost : IDisposable
{
    internal const string Revision = "0123456789abcdef";

    private readonly TemporaryFolder _home = new();
    private readonly StateDatabase _database;
    private readonly InputImport _import;
    private readonly Observer _observer;
    private readonly Places _places;

    internal ExecutionHost(Func<ReconcilerOptions, ReconcilerOptions>? change = null)
    {
        var options = new ReconcilerOptions { Home = _home.Path, Sources = [new SourceOptions { Location = _home.Path }] };
        Store = LocalStore.Open(_home.Combine("store"), TimeProvider.System);
        Runtime = new RecordingRuntime(Store);
        _database = StateDatabase.Open(DatabasePath);
        Board = new StatusBoard(Runtime, TimeProvider.System);
        Managed = new ManagedNames(_database);
        Holds = new HoldRecords(_database);
        Builds = new BuildRecords(_database);
        _import = new InputImport(Store, Builds);
        Policies = new PolicyBook(Runtime, Managed);
        Records = new OperationRecords(_database);
        var events = new EventLog(new EventRecords(_database), Board, TimeProvider.System);
        Switching = new NameSwitch(Store, Runtime, Policies, Managed, Builds, events);
        var journal = new StepJournal(_database, TimeProvider.System) { Written = (step, state) => Journal.Enqueue($"{step} {state}") };
        var builder = new ModelBuilder(Store, puller: null, quantizer: null) { RemoveUnused = false };
        _observer = new Observer(
            Store, Runtime, Managed, new UndeclaredNames(_database), Builds, Holds,
            new ApprovalRecords(_database), new ContentWatch(Store, new ContentPins(_database), Builds),
            new FightWatch(events, TimeProvider.System), TimeProvider.System);
        options = change is null ? options : change(options);
        _places = new Places(options.Parallelism);
        Operations = new Operations(new ExecutionTools(
            options,
            Runtime,
            new BuildMaker(Store, builder, _import, Builds, Managed, _places, TimeProvider.System),
            new BuildGate(Runtime, TimeProvider.System),
            new CanaryRun(Runtime, TimeProvider.System),
            new PauseBook(new PauseRecords(_database), events, TimeProvider.System),
            Switching,
            Policies,
            journal,
            Records,
            _places,
            Holds,
            new ObservationRecords(_database),
            events,
            Board,
            TimeProvider.System));
    }

    internal string DatabasePath => _home.Combine("state.db");

    internal LocalStore Store { get; }

    internal RecordingRuntime Runtime { get; }

    internal StatusBoard Board { get; }

    internal ManagedNames Managed { get; }

    internal HoldRecords Holds { get; }

    internal BuildRecords Builds { get; }

    internal OperationRecords Records { get; }

    internal Operations Operations { get; }

    internal PolicyBook Policies { get; }

    internal NameSwitch Switching { get; }

    /// <summary>Step and state, in the order in which they were written down.</summary>
    internal ConcurrentQueue<string> Journal { get; } = new();

    internal MemoryTree Tree { get; } = new(("w.gguf", TinyGguf.Bytes("one")), ("broken.gguf", [1, 2, 3]));

    /// <summary>A model on weights of the revision, or on another model of the set.</summary>
    internal static DesiredModel Model(
        string name, string system = "hello", string weights = "w.gguf", string? on = null, Func<ModelSpec, ModelSpec>? spec = null)
    {
        var text = $"FROM {on ?? weights}\nSYSTEM {system}\n";
        var modelfile = ModelfileParser.Parse(text).Modelfile!;
        var declared = new ModelSpec
        {
            ShownName = name,
            Name = ModelName.Parse(name),
            Source = new DeclaredModelfile(Path: null, text, default),
            Span = default,
            DeclaredAt = "modelops.yaml:5",
        };
        return new DesiredModel
        {
            Spec = spec is null ? declared : spec(declared),
            Modelfile = modelfile,
            Meaning = ModelfileMeaning.Of(modelfile),
            From =
            [
                on is null
                    ? new BuildInput.RepositoryFiles(weights, [new RevisionFile(weights, "object " + weights, 1)])
                    : new BuildInput.OtherModel(on, ModelName.Parse(on)),
            ],
            Adapters = [],
            Drafts = [],
            Inputs = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
        };
    }

    internal static DesiredState State(params ImmutableArray<DesiredModel> models) => new(
        Revision,
        new ModelSetSpec(
            "test", [.. models.Select(model => model.Spec)],
            new PruneSpec { MaxDeletes = new Share(100, IsPercent: true), GracePeriod = TimeSpan.Zero },
            new DriftSpec()),
        models);

    internal static ModelName Name(string name) => ModelName.Parse(name);

    /// <summary>What is planned now for these models.</summary>
    internal Plan Plan(DesiredState desired) => Planner.Plan(desired, _observer.Observe([desired], new HashSet<string> { desired.Source }));

    /// <summary>Plans and carries out.</summary>
    internal Task<ImmutableArray<ModelOutcome>> ApplyAsync(DesiredState desired) => ApplyAsync(Plan(desired), desired);

    /// <summary>Begins what is wanted, and returns what was not wanted before.</summary>
    internal ImmutableArray<Queued> Begin(DesiredState desired)
    {
        var begun = Operations.Admit([new PlannedWork(Plan(desired), desired, Tree)]);
        Operations.Start();
        return begun;
    }

    /// <summary>What came of it when all of it has ended.</summary>
    internal async Task<ImmutableArray<ModelOutcome>> EndAsync()
    {
        for (var clock = Stopwatch.StartNew(); !Operations.IsIdle; await Task.Delay(1, TestContext.Current.CancellationToken))
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        return [.. Operations.TakeEnded().Select(ended => ended.Outcome)];
    }

    private Task<ImmutableArray<ModelOutcome>> ApplyAsync(Plan plan, DesiredState desired)
    {
        Policies.Set(plan.Policies);
        Operations.Admit([new PlannedWork(plan, desired, Tree)]);
        Operations.Start();
        return EndAsync();
    }

    internal string? SystemOf(string name) => Store.Find(Name(name)) is { } model ? Store.Read(model).System : null;

    public void Dispose()
    {
        _import.Dispose();
        _places.Dispose();
        _database.Dispose();
        _home.Dispose();
    }
}
