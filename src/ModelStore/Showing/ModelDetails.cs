using System.Collections.Immutable;
using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Showing;

/// <summary>The <c>details</c> of show, ps and tags.</summary>
/// <param name="ParentModel">Model that the weights were taken from; empty when from a file.</param>
/// <param name="Format"><c>gguf</c> or <c>safetensors</c>.</param>
/// <param name="Family">Architecture.</param>
/// <param name="Families">Architectures of all parts; default prints as null.</param>
/// <param name="ParameterSize">Number of parameters as people say it.</param>
/// <param name="QuantizationLevel">Name of the type.</param>
/// <param name="ContextLength">Trained context; 0 outside lists.</param>
/// <param name="EmbeddingLength">Width; 0 outside lists.</param>
public sealed record ModelDetails(
    string ParentModel, string Format, string Family, ImmutableArray<string> Families, string ParameterSize, string QuantizationLevel,
    long ContextLength = 0, long EmbeddingLength = 0)
{
    /// <summary>As show and ps print them.</summary>
    public static ModelDetails Of(StoredModel model) => new(
        model.Manifest.Layers.LastOrDefault(layer => layer.MediaType == MediaTypes.Model)?.From ?? "",
        model.Config.Format, model.Config.Family, model.Config.Families, model.Config.ParameterSize, model.Config.FileType);

    /// <summary>As a list of models prints them.</summary>
    public static ModelDetails InList(StoredModel model, GgufFacts? facts)
    {
        var details = Of(model);
        return details with
        {
            QuantizationLevel = details.QuantizationLevel is "" or "unknown" && facts is not null
                ? facts.FileTypeName
                : details.QuantizationLevel,
            ContextLength = model.Config.ContextLength > 0 ? model.Config.ContextLength : facts?.ContextLength ?? 0,
            EmbeddingLength = model.Config.EmbeddingLength > 0 ? model.Config.EmbeddingLength : facts?.EmbeddingLength ?? 0,
        };
    }
}
