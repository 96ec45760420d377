using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Revisions;

namespace ModelOps.Reconciler.Status;

/// <summary>What a pass found out that the status is judged by, together with what is in memory and the time of reading.</summary>
internal sealed record StatusFacts
{
    /// <summary>Nothing was looked at yet.</summary>
    internal static StatusFacts None { get; } = new();

    /// <summary>Complete names of the models by their short ones.</summary>
    internal ImmutableDictionary<string, ModelName> Names { get; init; } = ImmutableDictionary<string, ModelName>.Empty;

    /// <summary>Some revision was wholly in force, and no model that was ever served is missing.</summary>
    internal bool Serves { get; init; }

    /// <summary>The same of each source, in their order.</summary>
    internal ImmutableArray<SourceFacts> Sources { get; init; } = [];

    /// <summary>A model as its accepted revision declares it; null when none declares one of that short name.</summary>
    internal DesiredModel? FindModel(string name) => Sources.SelectMany(source => source.State.Accepted?.Desired.Models ?? [])
        .FirstOrDefault(declared => declared.Name.ShortName == name);
}

/// <summary>What a pass found out about one source.</summary>
/// <param name="Name">The source.</param>
/// <param name="State">What is known of it and its revisions.</param>
internal sealed record SourceFacts(string Name, SourceState State)
{
    /// <summary>Address for people.</summary>
    internal string Url { get; init; } = "";

    /// <summary>Why nothing of it is applied; null when it is.</summary>
    internal string? Suspended { get; init; }

    /// <summary>Why git itself wants nothing changed; null when it does.</summary>
    internal string? Paused { get; init; }

    /// <summary>The accepted revision is applied: see <see cref="Convergence"/>.</summary>
    internal bool Converged { get; init; }

    /// <summary>What is left to do; null before there was a look.</summary>
    internal Plan? Plan { get; init; }

    /// <summary>The source may be silent for this long.</summary>
    internal TimeSpan MaxAge { get; init; } = TimeSpan.MaxValue;

    /// <summary>What the silence of the source is counted from: its last answer, else the start.</summary>
    internal DateTimeOffset Seen { get; init; } = DateTimeOffset.MaxValue;
}
