using System.Collections.Immutable;
using ModelOps.ModelfileLang.Parameters;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Showing;

/// <summary>What is accepted of a model and yet will not do what its author meant, a sentence each.</summary>
public static class ModelWarnings
{
    /// <summary>Of one model, as it is served.</summary>
    public static ImmutableArray<string> Of(ModelBuild build, GoTemplateMode mode) =>
    [
        .. Template(build, mode),
        .. build.Parameters.Select(parameter => parameter.Key).Order(StringComparer.Ordinal).Select(Parameter).OfType<string>(),
    ];

    private static IEnumerable<string> Template(ModelBuild build, GoTemplateMode mode)
    {
        // Weights that make no text have no use for a template, and a renderer makes prompts without one.
        if (TemplateChoice.Of(build, mode).HasTemplate || build.Config.Renderer.Length > 0 || build.Facts is { PoolingType: not null })
            yield break;
        yield return "no TEMPLATE, and the weights have no chat template: generate sends the prompt as it is, and a chat is written "
            + "as ChatML, "
            + "which this model may not know; declare a TEMPLATE";
    }

    private static string? Parameter(string name) =>
        ParameterCatalogue.Find(name) is not null ? null
        : ParameterCatalogue.IsDeprecated(name) || ParameterCatalogue.Removed.Contains(name, StringComparer.Ordinal)
            ? $"parameter '{name}' is accepted and has no effect"
            : $"parameter '{name}' is not known and has no effect";
}
