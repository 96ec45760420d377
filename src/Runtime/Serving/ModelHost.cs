using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Answering;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Names;
using ModelOps.Runtime.Residency;
using ModelOps.Runtime.Scheduling;
using ModelOps.Runtime.Settings;

namespace ModelOps.Runtime.Serving;

/// <summary>The runtime as the layers above see it: answers requests, and keeps in memory what git declares.</summary>
public sealed class ModelHost : IInference, IModelRuntime, IAsyncDisposable
{
    private readonly HostOptions _options;
    private readonly TimeProvider _time;
    private readonly LocalStore _store;
    private readonly EnginePool _pool;
    private readonly ModelResolver _resolver;
    private readonly ResidencyBoard _board;
    private readonly Admission _admission;
    private readonly PrefixWarmer _prefixes;
    private readonly IEngineLoader _loader;
    private readonly ServiceBook _service;
    private readonly BuildShares _shares;
    private readonly SwitchFailures _switchFailures = new();
    private volatile PolicyTable _policies = PolicyTable.Empty;
    private volatile Action<ImmutableArray<ModelName>>? _memoryChanged;

    /// <summary>Starts with nothing in memory.</summary>
    /// <param name="store">Where builds lie.</param>
    /// <param name="loader">Brings weights into memory; not disposed here.</param>
    /// <param name="options">Settings.</param>
    /// <param name="time">Clock.</param>
    /// <param name="loggers">Logs.</param>
    public ModelHost(LocalStore store, IEngineLoader loader, HostOptions options, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _service = new ServiceBook(time);
        _shares = new BuildShares(_service);
        _time = time;
        _store = store;
        _loader = loader;
        _resolver = new ModelResolver(store, options, loggers.CreateLogger<ModelResolver>());
        _pool = new EnginePool(
            new LinkCheckedLoader(loader, store),
            new SchedulerOptions
            {
                MemoryBudget = options.MemoryBudget,
                MaxLoadedWeights = options.MaxLoadedModels > 0 ? options.MaxLoadedModels : 3,
                MaxQueue = options.MaxQueue,
                KeepAlive = options.KeepAlive,
            },
            time,
            loggers.CreateLogger<EnginePool>())
        {
            Loaded = (profile, engine) => _board!.CameIntoMemory(profile, engine),
            Changed = replaced => _memoryChanged?.Invoke([.. replaced.Select(ModelName.Parse).Where(name => !name.IsReserved)]),
        };
        _prefixes = new PrefixWarmer(options, time, loggers.CreateLogger<PrefixWarmer>());
        _board = new ResidencyBoard(_pool, _resolver, _prefixes, options);
        _admission = new Admission(_pool, options, name => _policies.Models.GetValueOrDefault(name));
    }

    /// <inheritdoc/>
    public PolicyTable Policies => _policies;

    /// <inheritdoc/>
    public ImmutableArray<LoadedModel> Loaded => _board.Loaded();

    /// <inheritdoc/>
    public ImmutableArray<ModelProblem> Problems => _board.Problems();

    /// <inheritdoc/>
    public ServiceReport? ServiceOf(ModelName name) => _service.Of(name);

    /// <inheritdoc/>
    public RuntimeReport Report => _board.Report() with { Natives = _loader.Natives };

    /// <inheritdoc/>
    public ModelFootprint? FootprintOf(StoredModel model) =>
        PlannedFootprint.Of(_store.Read(model), _policies.Models.GetValueOrDefault(model.Name), _options) is { } need
            ? need with { Natives = need.Profile is { } profile ? _loader.NativesFor(profile) : null }
            : null;

    /// <inheritdoc/>
    public void WatchMemory(Action<ImmutableArray<ModelName>> changed) => _memoryChanged = changed;

    /// <inheritdoc/>
    public void ApplyPolicies(PolicyTable policies)
    {
        _policies = policies;
        _board.Pin(policies);
    }

    /// <inheritdoc/>
    public async Task<IWarmBuild> WarmAsync(ModelName name, ModelPolicy policy, Takeover? takeover, CancellationToken cancellationToken)
    {
        var model = Staged(name, policy);
        var settings = ModelOptions.Merge(model.Build.Parameters, default).Load;
        var warm = new WarmBuild(_pool, _shares, model, takeover);
        try
        {
            if (takeover is null)
                _board.Served(name, model.Build.Model);
            var demand = LoadPlanner.Plan(model.Build, policy, settings, _options);
            warm.Begin(demand);
            warm.Lease = await _admission.WarmAsync(
                model, settings, policy.KeepAlive ?? _options.KeepAlive, name.FullName, cancellationToken);

            // Others use the engine already: the change does not wait for a slot among them.
            if (_pool.Engines.Any(engine => engine.Profile == demand.Profile && engine.Requests > 1))
                _prefixes.Begin(() => model, warm.Lease.Engine);
            else
                await _prefixes.WarmAsync(model, warm.Lease.Engine, cancellationToken);
            return warm;
        }
        catch (Exception error)
        {
            await warm.DisposeAsync();
            if (error is InferenceException or EngineFailedException or ModelMovedException)
                throw new ModelRuntimeException(name, error.Message, error);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<ProbeAnswer> ProbeAsync(ModelName name, ModelPolicy policy, Probe probe, CancellationToken cancellationToken) =>
        new Prober(_admission, _options, _time).AnswerAsync(Staged(name, policy), probe, cancellationToken);

    /// <inheritdoc/>
    public void DropFile(string path) => _pool.DropFile(path);

    /// <inheritdoc/>
    public Task UnloadAsync(ModelName name, CancellationToken cancellationToken)
    {
        _pool.RequestUnload(name.FullName);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<InferenceEvent> ChatAsync(ChatRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(
            request, request.Messages.IsEmpty,
            model => new ChatAnswer(_admission, _options, _time).RunAsync(model, request, model.Owner.FullName, cancellationToken),
            cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<InferenceEvent> GenerateAsync(GenerateRequest request, CancellationToken cancellationToken) =>
        AnswerAsync(
            request, request.IsEmpty,
            model => new GenerateAnswer(_admission, _options, _time).RunAsync(model, request, model.Owner.FullName, cancellationToken),
            cancellationToken);

    /// <inheritdoc/>
    public Task<EmbedOutcome> EmbedAsync(EmbedRequest request, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        return OnEngineAsync(request, async (engine, model, ignored) =>
        {
            var loaded = _time.GetElapsedTime(started);
            var (vectors, tokens) = request.Inputs.IsEmpty
                ? ([], 0)
                : await Embedder.EmbedAsync(engine, request, model.Build.Facts?.PoolingType is not null, cancellationToken);
            return new EmbedOutcome(vectors, tokens, _time.GetElapsedTime(started), loaded, model.ServedBy) { IgnoredSettings = ignored };
        }, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RerankOutcome> RerankAsync(RerankRequest request, CancellationToken cancellationToken) =>
        OnEngineAsync(request, async (engine, model, ignored) =>
        {
            var (scores, tokens) = await Reranker.RankAsync(engine, request, cancellationToken);
            return new RerankOutcome(scores, tokens, model.ServedBy) { IgnoredSettings = ignored };
        }, cancellationToken);

    /// <summary>Unloads everything.</summary>
    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync();
        _switchFailures.Dispose();
    }

    private async Task<T> OnEngineAsync<T>(
        InferenceRequest request, Func<IEngine, ResolvedModel, ImmutableArray<string>, Task<T>> answer,
        CancellationToken cancellationToken)
    {
        for (var failures = 0; ;)
        {
            try
            {
                return await OnEngineOnceAsync(request, answer, isLast: failures > 0, cancellationToken);
            }
            catch (ModelMovedException)
            {
                // Another build serves the name now: it answers.
            }
            catch (EngineFailedException failed)
            {
                // Nothing was sent yet: once, the client need not know.
                if (failures++ > 0)
                    throw Admission.Tell(failed);
            }
        }
    }

    private async Task<T> OnEngineOnceAsync<T>(
        InferenceRequest request, Func<IEngine, ResolvedModel, ImmutableArray<string>, Task<T>> answer, bool isLast,
        CancellationToken cancellationToken)
    {
        var model = Resolve(request);
        var allowed = AllowedSettings.Of(request, model.Policy, _options);
        var options = ModelOptions.Merge(model.Build.Parameters, allowed.Options);
        var entry = _service.Begin(model.Owner, model.ServedBy.BuildDigest);
        try
        {
            using var lease = await _admission.AcquireAsync(
                model, options.Load, allowed.KeepAlive, model.Owner.FullName, cancellationToken);
            var answered = await answer(
                lease.Engine, model, allowed.Ignored.AddRange(_admission.CutOf(model, options.Load, lease.Engine)));
            entry.Answered();
            return answered;
        }
        catch (EngineRequestException refused)
        {
            throw new InferenceException(new InferenceRefusal.EngineRefused(refused.Message), refused);
        }
        catch (InferenceException error)
        {
            Failed(entry, model, error);
            throw;
        }
        catch (EngineFailedException died) when (isLast)
        {
            Failed(entry, model, Admission.Tell(died));
            throw;
        }
    }

    private async IAsyncEnumerable<InferenceEvent> AnswerAsync(
        InferenceRequest request, bool isEmpty, Func<ResolvedModel, IAsyncEnumerable<InferenceEvent>> answer,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var model = Resolve(request);
            if (isEmpty && request.KeepAlive == TimeSpan.Zero)
            {
                if (model.Policy is null)
                    _pool.RequestUnload(model.Name.FullName);
                yield return new InferenceEvent.Admitted(model.ServedBy, model.Policy is null ? [] : ["keep_alive"], 0);
                yield return new InferenceEvent.Finished(FinishReason.Unload, InferenceMetrics.None, []);
                yield break;
            }

            var entry = _service.Begin(model.Owner, model.ServedBy.BuildDigest);
            await using var events = answer(model).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await events.MoveNextAsync())
                        yield break;
                }
                catch (ModelMovedException)
                {
                    // Comes before the first event only: the build that serves the name now answers.
                    break;
                }
                catch (InferenceException error)
                {
                    Failed(entry, model, error);
                    throw;
                }

                entry.Saw(events.Current);
                yield return events.Current;
            }
        }
    }

    private void Failed(ServiceBook.Entry entry, ResolvedModel model, InferenceException error)
    {
        entry.Failed(error.Refusal);
        _switchFailures.Count(model, error, () => HasMoved(model));
    }

    /// <summary>Its name serves another build by now.</summary>
    private bool HasMoved(ResolvedModel model)
    {
        try
        {
            return _store.Find(model.Name) is { } served && served.Digest != model.Build.Model.Digest;
        }
        catch (StoreException)
        {
            return false;
        }
    }

    private ResolvedModel Resolve(InferenceRequest request)
    {
        var model = _resolver.Resolve(request.Model, _policies, canonicalises: request is not EmbedRequest { Legacy: true });
        if (model.Policy?.Stopped is { } why)
            throw new InferenceException(new InferenceRefusal.Stopped(request.Model, why));
        if (model.Policy is { Residency: ResidencyMode.Never } policy)
            throw new InferenceException(new InferenceRefusal.NotServed(request.Model, policy.DeclaredAt));
        _board.Served(model.Name, model.Build.Model);
        return _shares.Choose(model);
    }

    private ResolvedModel Staged(ModelName name, ModelPolicy policy)
    {
        try
        {
            var build = _resolver.Find(name) ?? throw new ModelRuntimeException(name, $"there is no build {name}");
            return new ResolvedModel(name, build, policy);
        }
        catch (StoreException error)
        {
            throw new ModelRuntimeException(name, error.Message, error);
        }
    }
}
