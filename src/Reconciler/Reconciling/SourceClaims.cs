using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// Which names belong to which source: what its accepted revision declares, and until one was read what it declared before. The source that
/// comes later with a name is the one that is refused.
/// </summary>
internal sealed class SourceClaims(ManagedNames managed)
{
    private ImmutableArray<FollowedSource> _sources = [];

    /// <summary>These are the sources from now on.</summary>
    internal void Set(ImmutableArray<FollowedSource> sources) => _sources = sources;

    /// <summary>There is something that a revision of this source can be refused for.</summary>
    internal bool AreJudged(SourceOptions source) => _sources.Length > 1 || !source.Models.IsEmpty || source.Prefix.Length > 0;

    internal ImmutableArray<Diagnostic> Check(SourceOptions source, DesiredState desired, string prefix) =>
        NameRules.Check(desired, prefix, source, [.. Others(source.Name).Select(other => Of(other.Name, other.State))]);

    /// <summary>What a source is judged against, as a text: it is another one when the verdict may be.</summary>
    internal string BasisFor(string source) => string.Join(
        ' ', Others(source).Select(other => $"{other.Name}={other.State.Accepted?.Desired.Revision ?? "none"}"));

    private IEnumerable<FollowedSource> Others(string source) => _sources.Where(other => other.Name != source);

    private OtherNames Of(string source, SourceState state) => state.Accepted is { } accepted
        ? OtherNames.Of(accepted.Desired)
        : new OtherNames(
            source,
            managed.All.Where(pair => pair.Value.Source == source)
                .ToImmutableDictionary(pair => pair.Key, pair => pair.Value.Policy?.DeclaredAt ?? "not read since the start"),
            ImmutableDictionary<ModelName, string>.Empty);
}
