using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Names;

namespace ModelOps.Runtime.Serving;

/// <summary>Which builds answer a share of the requests for names that other builds serve. Any thread may call it.</summary>
/// <param name="service">Counts how they serve while they do.</param>
internal sealed class BuildShares(ServiceBook service)
{
    private ImmutableDictionary<ModelName, BuildShare> _names = ImmutableDictionary<ModelName, BuildShare>.Empty;

    /// <summary>From now on a build answers that share for these names, together.</summary>
    internal void Begin(IEnumerable<ModelName> names, ResolvedModel build, int percent)
    {
        var share = new BuildShare(build, percent);
        ImmutableInterlocked.Update(
            ref _names, (all, added) => all.SetItems(added), names.Select(name => KeyValuePair.Create(name, share)).ToArray());
    }

    /// <summary>The build answers for none of these names any more.</summary>
    internal void End(IEnumerable<ModelName> names, ModelName build)
    {
        ImmutableInterlocked.Update(
            ref _names,
            (all, gone) => all.RemoveRange(gone.Where(name => all.TryGetValue(name, out var share) && share.Build.Name == build).ToArray()),
            names);
        service.Forget(build);
    }

    /// <summary>The build that answers the next request for a model: another one, or the model's own.</summary>
    internal ResolvedModel Choose(ResolvedModel model) =>
        _names.TryGetValue(model.Name, out var share) && share.TakesNext()
            ? model with { Build = share.Build.Build, Policy = share.Build.Policy, Owner = share.Build.Name }
            : model;

    private sealed class BuildShare(ResolvedModel build, int percent)
    {
        private long _asked;

        internal ResolvedModel Build => build;

        /// <summary>Spread evenly: of 100 requests in a row it takes exactly the share.</summary>
        internal bool TakesNext()
        {
            var next = Interlocked.Increment(ref _asked);
            return next * percent / 100 != (next - 1) * percent / 100;
        }
    }
}
