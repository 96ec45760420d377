using System.Collections.Concurrent;
using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Reconciler.Tests.Reconciling;

/// <summary>A runtime without an engine: it remembers what was asked of it, and what is "in memory" follows from that.</summary>
internal sealed class RecordingRuntime(LocalStore store) : IModelRuntime
{
    private readonly ConcurrentDictionary<ModelName, int> _leases = new();
    private readonly ConcurrentDictionary<ModelName, bool> _lost = new();
    private Action<ImmutableArray<ModelName>> _changed = _ => { };
    private volatile PolicyTable _policies = PolicyTable.Empty;

    public PolicyTable Policies => _policies;

    /// <summary>Everything that was asked, in order.</summary>
    internal ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>What each load was to take over, in order.</summary>
    internal ConcurrentQueue<Takeover?> Takeovers { get; } = new();

    /// <summary>Engines as they are told.</summary>
    internal ImmutableArray<EngineReport> Engines { get; set; } = [];

    public RuntimeReport Report => new() { Engines = Engines };

    /// <summary>Called by every load; may throw or wait.</summary>
    internal Func<ModelName, CancellationToken, Task> OnWarm { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>What a probe answers.</summary>
    internal Func<ModelName, string, string> OnProbe { get; set; } = (_, _) => "ok";

    /// <summary>How names are served.</summary>
    internal Func<ModelName, ServiceReport?> OnService { get; set; } = _ => null;

    /// <summary>What keeps engines out of memory.</summary>
    internal Func<ImmutableArray<ModelProblem>> OnProblems { get; set; } = () => [];

    public ImmutableArray<ModelProblem> Problems => OnProblems();

    public ServiceReport? ServiceOf(ModelName name) => OnService(name);

    /// <summary>How long nothing answered while a build took over.</summary>
    internal Func<ModelName, TakeoverPause?> OnPause { get; set; } = _ => null;

    /// <summary>What is changed of an answer to a probe.</summary>
    internal Func<ProbeAnswer, ProbeAnswer> OnAnswer { get; set; } = answer => answer;

    /// <summary>Called when policies are set; may throw.</summary>
    internal Action OnApply { get; set; } = () => { };

    /// <summary>Called when somebody asks what is loaded; may throw.</summary>
    internal Action OnLoaded { get; set; } = () => { };

    public ImmutableArray<LoadedModel> Loaded
    {
        get
        {
            OnLoaded();
            return InMemory;
        }
    }

    private ImmutableArray<LoadedModel> InMemory =>
    [
        .. _policies.Models.Where(
            pair => pair.Value.Residency == ResidencyMode.Always && !_lost.ContainsKey(pair.Key)).Select(pair => pair.Key)
            .Concat(_leases.Keys).Distinct()
            .Select(name => store.Find(name)).OfType<StoredModel>()
            .Select(model => new LoadedModel
            {
                Name = model.Name,
                BuildDigest = model.Digest,
                Size = 1,
                ContextLength = 1,
                ExpiresAt = DateTimeOffset.MaxValue,
            }),
    ];

    /// <summary>The engine of a model dies.</summary>
    internal void Lose(ModelName name)
    {
        _lost[name] = true;
        _changed([]);
    }

    /// <summary>The last request on a replaced build of a model has ended.</summary>
    internal void Drain(ModelName name) => _changed([name]);

    /// <summary>Something changed in memory.</summary>
    internal void Change() => _changed([]);

    public void WatchMemory(Action<ImmutableArray<ModelName>> changed) => _changed = changed;

    /// <summary>The process of the daemon ended and a new one began.</summary>
    internal RecordingRuntime Restarted() => new(store);

    public void ApplyPolicies(PolicyTable policies)
    {
        OnApply();
        Calls.Enqueue("policies");
        _policies = policies;
    }

    public async Task<IWarmBuild> WarmAsync(ModelName name, ModelPolicy policy, Takeover? takeover, CancellationToken cancellationToken)
    {
        Calls.Enqueue($"warm {name.Namespace}/{name.Model}");
        Takeovers.Enqueue(takeover);
        await OnWarm(name, cancellationToken).WaitAsync(cancellationToken);
        if (store.Find(name) is null)
            throw new ModelRuntimeException(name, "no such build");
        _lost.TryRemove(name, out _);
        _leases.AddOrUpdate(name, 1, (_, count) => count + 1);
        _changed([]);
        return new Warm(
            percent => Calls.Enqueue($"share {percent}"), () => OnPause(name),
            names => Calls.Enqueue($"commit {string.Join(' ', names.Select(moved => moved.Model))}"), () =>
        {
            if (_leases.AddOrUpdate(name, 0, (_, count) => count - 1) <= 0)
                _leases.TryRemove(name, out _);
        });
    }

    public Task<ProbeAnswer> ProbeAsync(ModelName name, ModelPolicy policy, Probe probe, CancellationToken cancellationToken)
    {
        Calls.Enqueue($"probe {name.Namespace}/{name.Model}");
        var answer = new ProbeAnswer(store.Find(name)?.Digest ?? "");
        return Task.FromResult(OnAnswer(probe is Probe.Ask ask ? answer with { Text = OnProbe(name, ask.Prompt), Tokens = 1 } : answer));
    }

    public void DropFile(string path) => Calls.Enqueue($"drop {Path.GetFileName(path)}");

    public Task UnloadAsync(ModelName name, CancellationToken cancellationToken)
    {
        Calls.Enqueue($"unload {name.Model}");
        return Task.CompletedTask;
    }

    private sealed class Warm(Action<int> share, Func<TakeoverPause?> pause, Action<ModelName[]> commit, Action end) : IWarmBuild
    {
        public TakeoverPause? Pause => pause();

        public void Share(int percent) => share(percent);

        public void Commit(params ReadOnlySpan<ModelName> names)
        {
            if (!names.IsEmpty)
                commit(names.ToArray());
        }

        public ValueTask DisposeAsync()
        {
            end();
            return ValueTask.CompletedTask;
        }
    }
}
