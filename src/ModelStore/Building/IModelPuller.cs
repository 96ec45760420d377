using ModelOps.ModelStore.Names;

namespace ModelOps.ModelStore.Building;

/// <summary>Fetches a model that a build starts from and that is not in the store.</summary>
public interface IModelPuller
{
    /// <summary>Returns when the model is in the store. Its progress lines, <c>success</c> too, become part of the build's.</summary>
    Task PullAsync(ModelName name, Action<ProgressLine> progress, CancellationToken cancellationToken);
}
