using System.Collections.Immutable;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Contract;

/// <summary>What the runtime holds and who waits for it, at one moment.</summary>
public sealed record RuntimeReport
{
    /// <summary>Of a runtime that reports nothing.</summary>
    public static RuntimeReport Nothing { get; } = new();

    /// <summary>Bytes that engines may hold.</summary>
    public long MemoryBudget { get; init; }

    /// <summary>Bytes that they hold or were promised; weights that several share count once.</summary>
    public long MemoryUsed { get; init; }

    /// <summary>Bytes beside those that engines may use for chats set aside; given back as soon as a model needs them.</summary>
    public long MemoryLent { get; init; }

    /// <summary>Native libraries that engines can be hosted with, the default first.</summary>
    public ImmutableArray<EngineNatives> Natives { get => field.IsDefault ? [] : field; init; }

    /// <summary>Engines in memory or on their way in or out.</summary>
    public ImmutableArray<EngineReport> Engines { get => field.IsDefault ? [] : field; init; }

    /// <summary>Requests without an engine, the oldest first.</summary>
    public ImmutableArray<WaitingReport> Waiting { get => field.IsDefault ? [] : field; init; }
}
