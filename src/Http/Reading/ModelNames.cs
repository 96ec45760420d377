using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Reading;

/// <summary>Names in management requests: how each call refuses one (1.9, 1.10), and that git's own are not changed from here.</summary>
internal sealed class ModelNames(IModelRuntime runtime)
{
    /// <summary>The name in a request: <c>model</c>, or the older <c>name</c>. Both must be texts.</summary>
    internal static string Read(RequestObject body)
    {
        var (model, name) = (body.Text("model"), body.Text("name"));
        return model.Length > 0 ? model : name;
    }

    /// <summary>Reads a name that may have a source suffix.</summary>
    /// <param name="text">As sent.</param>
    /// <param name="remote">What is not available of a model that runs elsewhere.</param>
    /// <param name="whenEmpty">Text for an empty name.</param>
    internal static ModelName Require(string text, string remote, string whenEmpty = "model is required")
    {
        if (text.Trim().Length == 0)
            throw RequestException.Bad(whenEmpty);
        var reference = ModelReference.Parse(text, out var error) ?? throw RequestException.Bad(error);
        if (reference.Source == ModelSource.Cloud)
            throw new RequestException(403, $"ollama cloud is disabled: {remote}") { IsPlain = true };
        return Parse(reference.Base) ?? throw RequestException.Bad("invalid model name");
    }

    /// <summary>The model of the store that a text names.</summary>
    /// <exception cref="RequestException">400: no name; 404: no such model.</exception>
    internal static StoredModel Find(LocalStore store, string text)
    {
        var name = Require(text, "remote model details are unavailable");
        return store.Find(store.Canonicalise(name)) ?? throw new RequestException(404, $"model '{name.ShortName}' not found");
    }

    /// <summary>A name without a suffix; null when it is not valid, or reserved for this server.</summary>
    internal static ModelName? Parse(string text) =>
        ModelName.TryParse(text.Trim(), out var name) && !name.IsReserved ? name : null;

    /// <summary>Refuses to touch a name that git declares.</summary>
    internal void RequireUnmanaged(ModelName name)
    {
        if (runtime.Policies.Models.GetValueOrDefault(name) is { } policy)
        {
            throw new RequestException(
                409,
                $"model '{name.ShortName}' is managed in git: edit {policy.DeclaredAt} in the models repository and commit, then it "
                    + "changes by itself");
        }
    }
}
