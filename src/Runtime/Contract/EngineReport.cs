using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Residency;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Contract;

/// <summary>One engine.</summary>
public sealed record EngineReport
{
    /// <summary>Short names that it serves.</summary>
    public ImmutableArray<string> Models { get => field.IsDefault ? [] : field; init; }

    /// <summary>Where it is in its life.</summary>
    [JsonConverter(typeof(YamlWordConverter<EnginePhase>))]
    public EnginePhase Phase { get; init; }

    /// <summary>Requests on it.</summary>
    public int Requests { get; init; }

    /// <summary>Since when it takes no more requests and only ends those on it; null while it does.</summary>
    public DateTimeOffset? DrainingSince { get; init; }

    /// <summary>Short names that another build serves in its place by now, or is about to.</summary>
    public ImmutableArray<string> Replaced { get => field.IsDefault ? [] : field; init; }

    /// <summary>Declared to be always in memory.</summary>
    public bool Pinned { get; init; }

    /// <summary>When it leaves unless it is used; null when it stays.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Bytes of the weights, as measured once it is loaded.</summary>
    public MemoryReport Weights { get => field ?? new(0, 0); init; }

    /// <summary>Bytes of KV cache and compute buffers, as measured once it is loaded.</summary>
    public MemoryReport Context { get => field ?? new(0, 0); init; }

    /// <summary>Process that hosts it; null when it is the daemon's.</summary>
    public int? Worker { get; init; }

    /// <summary>Anonymous memory of that process, which may host other engines on the same weights too.</summary>
    public long? WorkerAnonymous { get; init; }

    /// <summary>Threads that it computes with.</summary>
    public int Threads { get; init; }

    /// <summary>Why it computes with that many threads.</summary>
    [JsonConverter(typeof(YamlWordConverter<ThreadChoice>))]
    public ThreadChoice ThreadChoice { get; init; }

    /// <summary>Steps since the load.</summary>
    public long Steps { get; init; }

    /// <summary>How many of them held only some of the sequences, or padding, because that took less time.</summary>
    public long ShapedSteps { get; init; }

    /// <summary>How many of them another variant of the code computed, because that took less time.</summary>
    public long SecondVariantSteps { get; init; }

    /// <summary>The native libraries that host it, and why these; null until it is loaded.</summary>
    public EngineNatives? Natives { get; init; }

    /// <summary>Sequences in the batch.</summary>
    public int ActiveSequences { get; init; }

    /// <summary>Sequences without a slot.</summary>
    public int WaitingSequences { get; init; }

    internal static EngineReport Of(EngineView view, ImmutableArray<ModelName> names, IEngine? engine) => new()
    {
        Models = [.. names.Select(name => name.ShortName)],
        Phase = view.Phase,
        Requests = view.Requests,
        DrainingSince = view.DrainingSince,
        Replaced =
        [
            .. view.Replaced.Select(ModelName.Parse).Where(name => !name.IsReserved).Select(name => name.ShortName)
                .Order(StringComparer.Ordinal),
        ],
        Pinned = view.Pinned,
        ExpiresAt = view.ExpiresAt == DateTimeOffset.MaxValue ? null : view.ExpiresAt,
        Weights = new MemoryReport(view.EstimatedWeightsBytes, view.WeightsBytes),
        Context = new MemoryReport(view.EstimatedContextBytes, view.ContextBytes),
        Worker = engine?.WorkerProcess,
        WorkerAnonymous = engine?.WorkerProcess is { } worker ? ProcessMemory.Anonymous(worker) : null,
        Threads = engine?.Statistics.Threads ?? 0,
        ThreadChoice = engine?.Statistics.ThreadChoice ?? default,
        Steps = engine?.Statistics.DecodeCalls ?? 0,
        SecondVariantSteps = engine?.Statistics.SecondVariantSteps ?? 0,
        ShapedSteps = engine?.Statistics.ShapedSteps ?? 0,
        Natives = engine?.Facts.Natives,
        ActiveSequences = engine?.Statistics.ActiveSequences ?? 0,
        WaitingSequences = engine?.Statistics.WaitingSequences ?? 0,
    };
}
