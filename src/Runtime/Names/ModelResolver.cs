using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Showing;
using ModelOps.ModelStore.Storage;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;

namespace ModelOps.Runtime.Names;

/// <summary>Finds the build behind a name. The manifest of the name is the truth; contents are kept as long as it stays the same.</summary>
internal sealed partial class ModelResolver(LocalStore store, HostOptions host, ILogger<ModelResolver> logger)
{
    private const int KeptBuilds = 256;

    private readonly ConcurrentDictionary<ModelName, ModelBuild> _builds = new();

    /// <summary>The build that a name serves now, or null when there is none.</summary>
    /// <exception cref="StoreException">The manifest or a blob of it cannot be read.</exception>
    internal ModelBuild? Find(ModelName name)
    {
        if (store.Find(name) is not { } model)
        {
            _builds.TryRemove(name, out _);
            return null;
        }

        if (_builds.TryGetValue(name, out var known) && known.Model.Digest == model.Digest)
            return known;
        var build = store.Read(model);
        foreach (var warning in ModelWarnings.Of(build, host.TemplateMode(null)))
            LogWarning(name, warning);

        // A staged build is asked for a few times and then never again; one of which a file is missing is another when that is back.
        if (name.IsReserved || !model.Manifest.Blobs.All(store.Blobs.Has))
            return build;
        // Builds change seldom; a full cache is simply emptied.
        if (_builds.Count >= KeptBuilds)
            _builds.Clear();
        return _builds[name] = build;
    }

    /// <summary>Finds the model that a client's text names.</summary>
    /// <param name="text">As sent.</param>
    /// <param name="policies">The managed names.</param>
    /// <param name="canonicalises">A name in other letters than a model's means that model.</param>
    /// <exception cref="InferenceException">No such model, or no such name.</exception>
    internal ResolvedModel Resolve(string text, PolicyTable policies, bool canonicalises)
    {
        if (ModelReference.Parse(text, out var error) is not { } reference)
            throw new InferenceException(
                text.Trim().Length == 0 ? new InferenceRefusal.NoModelNamed() : new InferenceRefusal.InvalidName(error));
        if (reference.Source == ModelSource.Cloud)
            throw new InferenceException(new InferenceRefusal.CloudDisabled());
        if (!ModelName.TryParse(reference.Base, out var parsed))
            throw new InferenceException(new InferenceRefusal.InvalidName("invalid model name"));

        var name = canonicalises ? store.Canonicalise(parsed) : parsed;
        if (name.IsReserved)
            throw new InferenceException(new InferenceRefusal.UnknownModel(text));
        try
        {
            var build = Find(name) ?? throw new InferenceException(new InferenceRefusal.UnknownModel(text));
            return new ResolvedModel(name, build, policies.Models.GetValueOrDefault(name));
        }
        catch (StoreException missing)
        {
            throw new InferenceException(new InferenceRefusal.BuildUnreadable(missing.Failure), missing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Model {Model}: {Problem}")]
    private partial void LogWarning(ModelName model, string problem);
}
