using ModelOps.ModelStore;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;

namespace ModelOps.Http;

/// <summary>Moves models between the store and a registry.</summary>
/// <remarks>Failures are <see cref="StoreException"/>s with the reference's text.</remarks>
public interface IModelTransfer
{
    /// <summary>Fetches a model; reports every progress line, the last is <c>success</c>.</summary>
    /// <param name="name">What to fetch.</param>
    /// <param name="insecure">Plain HTTP registries are accepted.</param>
    /// <param name="progress">Receives every line, from this call's flow only.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    Task PullAsync(ModelName name, bool insecure, Action<ProgressLine> progress, CancellationToken cancellationToken);

    /// <summary>Sends a model, as <see cref="PullAsync"/>.</summary>
    Task PushAsync(ModelName name, bool insecure, Action<ProgressLine> progress, CancellationToken cancellationToken);
}
