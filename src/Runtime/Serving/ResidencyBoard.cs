using System.Collections.Concurrent;
using System.Collections.Immutable;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Names;
using ModelOps.Runtime.Residency;
using ModelOps.Runtime.Scheduling;
using ModelOps.Runtime.Settings;

namespace ModelOps.Runtime.Serving;

/// <summary>Ties names to engines: which are pinned, and what is in memory under which names.</summary>
internal sealed class ResidencyBoard(EnginePool pool, ModelResolver resolver, PrefixWarmer prefixes, HostOptions host)
{
    private readonly ConcurrentDictionary<string, StoredModel> _builds = new(StringComparer.OrdinalIgnoreCase);
    private volatile ImmutableDictionary<string, ImmutableArray<ModelName>> _pinned =
        ImmutableDictionary<string, ImmutableArray<ModelName>>.Empty;
    private volatile PolicyTable _policies = PolicyTable.Empty;
    private ImmutableArray<(ModelName Name, string Reason)> _unusable = [];

    /// <summary>Pinned names whose build cannot even be read, and why.</summary>
    internal ImmutableArray<(ModelName Name, string Reason)> Unusable => _unusable;

    /// <summary>Remembers which build a name was last served from.</summary>
    internal void Served(ModelName name, StoredModel build) => _builds[name.FullName] = build;

    /// <summary>Pins what the table declares <c>always</c>.</summary>
    internal void Pin(PolicyTable policies)
    {
        _policies = policies;
        var pins = new List<(Pin Pin, ModelName Name)>();
        var unusable = ImmutableArray.CreateBuilder<(ModelName, string)>();
        foreach (var policy in policies.Models.Values.Where(policy => policy.Residency == ResidencyMode.Always)
            .OrderBy(policy => policy.Name.FullName, StringComparer.Ordinal))
        {
            try
            {
                if (resolver.Find(policy.Name) is not { } build)
                    continue;
                Served(policy.Name, build.Model);
                var demand = LoadPlanner.Plan(build, policy, ModelOptions.Merge(build.Parameters, default).Load, host);
                pins.Add((new Pin(demand, policy.Name.FullName, policy.Priority), policy.Name));
            }
            catch (Exception error) when (error is StoreException or InferenceException)
            {
                unusable.Add((policy.Name, error.Message));
            }
        }

        _unusable = unusable.ToImmutable();
        _pinned = pins.GroupBy(pin => pin.Pin.Demand.Profile, StringComparer.Ordinal)
            .ToImmutableDictionary(group => group.Key, group => group.Select(pin => pin.Name).ToImmutableArray(), StringComparer.Ordinal);
        pool.SetPins(pins.Select(pin => pin.Pin));
    }

    /// <summary>An engine was loaded: what is pinned on it gets its system prompt computed before the first request.</summary>
    internal void CameIntoMemory(string profile, IEngine engine)
    {
        foreach (var name in _pinned.GetValueOrDefault(profile, []))
        {
            if (_policies.Models.GetValueOrDefault(name) is { } policy)
                prefixes.Begin(() => resolver.Find(name) is { } build ? new ResolvedModel(name, build, policy) : null, engine);
        }
    }

    /// <summary>The ledger of memory, the engines, and who waits for what.</summary>
    internal RuntimeReport Report() => new()
    {
        MemoryBudget = pool.BudgetBytes,
        MemoryUsed = pool.UsedBytes,
        MemoryLent = pool.LentBytes,
        Engines = [.. pool.Engines.Select(view => EngineReport.Of(view, NamesOf(view.Profile, view.Owners), pool.Find(view.Profile)))],
        Waiting = [.. pool.Waiting.Select(WaitingReport.Of)],
    };

    /// <summary>What is in memory now.</summary>
    internal ImmutableArray<LoadedModel> Loaded() =>
    [
        .. pool.Engines.Where(engine => engine.Phase is EnginePhase.Ready or EnginePhase.Draining)
            .Select(engine => (Engine: engine, Names: NamesOf(engine.Profile, engine.Owners))).Where(entry => entry.Names.Length > 0)
            .Select(entry => Describe(entry.Engine, entry.Names)),
    ];

    /// <summary>What cannot be in memory now, and why; the graver of two reasons for one name.</summary>
    internal ImmutableArray<ModelProblem> Problems()
    {
        var problems = new Dictionary<ModelName, ModelProblem>();
        foreach (var (name, reason) in _unusable)
            problems[name] = new ModelProblem(name, reason, 0, IsCrashLoop: false);
        foreach (var (profile, reason, failures) in pool.MissingPins.Where(pin => pin.Failures > 0 || pin.Reason != "loading"))
        {
            foreach (var name in _pinned.GetValueOrDefault(profile, []))
                problems[name] = new ModelProblem(name, reason, failures, IsCrashLoop: false);
        }

        foreach (var loop in pool.CrashLoops)
        {
            // Also a build under its stored name: it may answer a share of the requests.
            foreach (var name in NamesOf(loop.Profile, loop.Owners).Union(loop.Owners.Select(ModelName.Parse)))
                problems[name] = new ModelProblem(name, loop.LastCause.Message, loop.Failures, IsCrashLoop: true);
        }

        return [.. problems.Values.OrderBy(problem => problem.Name.FullName, StringComparer.Ordinal)];
    }

    private LoadedModel Describe(EngineView view, ImmutableArray<ModelName> names)
    {
        var engine = pool.Find(view.Profile);
        var source = _builds.GetValueOrDefault(names[0].FullName);
        return new LoadedModel
        {
            Name = names[0],
            Names = names,
            BuildDigest = source?.Digest ?? "",
            Source = source,
            Size = view.WeightsBytes + view.ContextBytes,
            SizeGpu = engine?.Facts.Memory.Gpu ?? 0,
            ContextLength = engine?.Facts.ContextLength ?? 0,
            ExpiresAt = view.ExpiresAt,
            Pinned = view.Pinned,
            Requests = view.Requests,
            WorkerProcess = engine?.WorkerProcess,
            Statistics = engine?.Statistics,
        };
    }

    private ImmutableArray<ModelName> NamesOf(string profile, IEnumerable<string> owners)
    {
        var names = owners.Select(ModelName.Parse).Where(name => !name.IsReserved);
        return [.. _pinned.GetValueOrDefault(profile, []).Concat(names).Distinct()];
    }
}
