using System.Collections.Immutable;

namespace ModelOps.Reconciler.State;

/// <summary>Which events are wanted.</summary>
public sealed record EventQuery
{
    /// <summary>The most events of one answer.</summary>
    public const int Most = 10_000;

    /// <summary>Only those about these short names; empty for all.</summary>
    public ImmutableArray<string> Subjects { get; init; } = [];

    /// <summary>Only those with a higher number.</summary>
    public long After { get; init; }

    /// <summary>Only those at that time or later.</summary>
    public DateTimeOffset Since { get; init; } = DateTimeOffset.MinValue;

    /// <summary>At most that many, the newest.</summary>
    public int Count { get; init; } = 256;

    internal int Bounded => Math.Clamp(Count, 0, Most);

    internal bool Fits(EventRecord item) =>
        item.Id > After && item.At >= Since && (Subjects.IsEmpty || Subjects.Contains(item.Subject));
}
