using System.Collections.Frozen;
using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Notifications;

/// <summary>Which events a receiver hears of.</summary>
public sealed record NotificationFilter
{
    /// <summary>Only these kinds; empty for all.</summary>
    public FrozenSet<EventKind> Kinds { get; init; } = FrozenSet<EventKind>.Empty;

    /// <summary>Only what is as bad as that, or worse.</summary>
    public Severity Least { get; init; } = Severity.Warning;

    /// <summary>Only what is about one of these sources or about none; empty for all.</summary>
    public ImmutableArray<string> Sources { get; init; } = [];

    /// <summary>
    /// Only what is about models of these names, which may have <c>*</c> and <c>?</c>; empty for all, and for what is about none.
    /// </summary>
    public ImmutableArray<string> Models { get; init; } = [];

    internal bool Takes(EventRecord told) =>
        told.Severity >= Least
        && (Kinds.Count == 0 || Kinds.Contains(told.Type))
        && (Sources.IsEmpty || told.Source.Length == 0 || Sources.Contains(told.Source))
        && (Models.IsEmpty
            || (ModelName.TryParse(told.Subject, out var name) && Models.Any(pattern => NameRules.Matches(name, pattern))));
}
