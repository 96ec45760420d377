using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Building;

/// <summary>Describes a build: from its files, its base and the request.</summary>
internal static class BuildConfig
{
    private const string Unknown = "unknown";

    public static ModelConfig Of(LocalStore store, CreateRequest request, StoredModel? model, IReadOnlyList<BuildLayer> layers)
    {
        var origin = model?.Config ?? ModelConfig.Empty;
        var weights = Facts(store, layers, MediaTypes.Model);
        var config = new ModelConfig
        {
            Format = Or(origin.Format, "gguf"),
            Renderer = Or(request.Renderer, origin.Renderer),
            Parser = Or(request.Parser, origin.Parser),
            Requires = Or(request.Requires, origin.Requires),
            Capabilities = origin.Capabilities,
            Draft = Draft(store, layers) ?? origin.Draft?.DeepClone() as JsonObject,
        };
        config = weights.Length == 0
            ? config with
            {
                Family = origin.Family,
                Families = origin.Families,
                ParameterSize = origin.ParameterSize,
                FileType = origin.FileType,
            }
            : config with
            {
                Family = Or(weights[0].Architecture, Unknown),
                Families = [.. weights.Select(facts => Or(facts.Architecture, Unknown))],
                ParameterSize = FileTypes.HumanCount(weights[0].ParameterCount),
                FileType = FileTypes.ConfigName(weights[0].FileType),
            };
        return InfoFields.Apply(request.Info, config);
    }

    private static ImmutableArray<GgufFacts> Facts(LocalStore store, IReadOnlyList<BuildLayer> layers, string mediaType) =>
        [.. layers.Where(layer => layer.MediaType == mediaType).Select(layer => store.FactsOf(layer.Layer.Digest))];

    private static JsonObject? Draft(LocalStore store, IReadOnlyList<BuildLayer> layers)
    {
        var drafts = Facts(store, layers, MediaTypes.Draft);
        return drafts.Length == 0
            ? null
            : new JsonObject { ["architecture"] = Or(drafts[0].Architecture, Unknown), ["model_format"] = "gguf" };
    }

    private static string Or(string text, string other) => text.Length > 0 ? text : other;
}
