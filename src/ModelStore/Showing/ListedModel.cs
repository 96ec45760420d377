using System.Collections.Immutable;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Showing;

/// <summary>One entry of <c>/api/tags</c> and of <c>modelops list</c>.</summary>
/// <param name="Model">The model.</param>
/// <param name="Details">Its details with context and embedding length.</param>
/// <param name="Capabilities">What it can do.</param>
public sealed record ListedModel(StoredModel Model, ModelDetails Details, ImmutableArray<string> Capabilities)
{
    /// <summary>
    /// All models of a store, newest first. A model whose weights cannot be read is listed with what its configuration says.
    /// </summary>
    public static IReadOnlyList<ListedModel> All(LocalStore store) => [.. store.List().Select(model => Of(store, model))];

    /// <summary>One model.</summary>
    public static ListedModel Of(LocalStore store, StoredModel model)
    {
        try
        {
            var build = store.Read(model);
            return new(model, ModelDetails.InList(model, build.Facts), Showing.Capabilities.InList(build));
        }
        catch (StoreException)
        {
            return new(model, ModelDetails.InList(model, null), model.Config.Capabilities);
        }
    }
}
