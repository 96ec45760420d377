using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Prompting.Events;
using ModelOps.Runtime.Contract;

namespace ModelOps.Runtime.Names;

/// <summary>A stored model as it is at the moment a request begins; the request keeps to it whatever changes meanwhile.</summary>
/// <param name="Name">Canonical name.</param>
/// <param name="Build">Its contents.</param>
/// <param name="Policy">What git says of it, or null when it is unmanaged.</param>
internal sealed record ResolvedModel(ModelName Name, ModelBuild Build, ModelPolicy? Policy)
{
    /// <summary>
    /// Name that engines are asked for by: its own, or the stored name of a build that answers in place of the one that serves the name.
    /// </summary>
    internal ModelName Owner { get => field ?? Name; init; }

    /// <summary>For the reply's headers.</summary>
    internal ServedBy ServedBy => new(Policy?.Revision ?? "", Build.Model.Digest);
}
