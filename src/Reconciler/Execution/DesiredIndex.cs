using System.Collections.Frozen;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;

namespace ModelOps.Reconciler.Execution;

/// <summary>A desired state that is looked up by name.</summary>
internal sealed class DesiredIndex(DesiredState desired)
{
    internal string Revision { get; } = desired.Revision;

    internal string Source { get; } = desired.Source;

    internal FrozenDictionary<ModelName, DesiredModel> Models { get; } = desired.Models.ToFrozenDictionary(model => model.Name);
}
