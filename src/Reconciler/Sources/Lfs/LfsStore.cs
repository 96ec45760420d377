using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Reconciler.Sources.Lfs;

/// <summary>Where the content of pointers goes.</summary>
/// <param name="Store">The model store.</param>
/// <param name="Fetcher">Moves bytes over the network; null where there is none.</param>
internal sealed record LfsStore(LocalStore Store, IModelPuller? Fetcher);
