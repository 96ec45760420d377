using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Gguf;
using ModelOps.ModelStore.Storage;
using ModelOps.Templates.Chat;

namespace ModelOps.ModelStore.Showing;

/// <summary>How much to show, and what a request lays over the model.</summary>
/// <param name="Verbose">Arrays of the metadata too.</param>
/// <param name="System">Replaces the system prompt; empty leaves it.</param>
/// <param name="Options">Laid over the parameters of the shown Modelfile, one by one.</param>
/// <param name="GoTemplates">Whether Go templates are used.</param>
public sealed record ShowOptions(
    bool Verbose = false, string System = "", JsonObject? Options = null, GoTemplateMode GoTemplates = GoTemplateMode.Auto);

/// <summary>One tensor as it is shown.</summary>
public sealed record ShownTensor(string Name, string Type, ImmutableArray<long> Shape);

/// <summary>All that <c>/api/show</c> and <c>modelops show</c> print of a model.</summary>
public sealed record ShownModel
{
    /// <summary>All license texts, joined by line feeds.</summary>
    public required string License { get; init; }

    /// <summary>The model as a Modelfile.</summary>
    public required string Modelfile { get; init; }

    /// <summary>Parameters, one a line.</summary>
    public required string Parameters { get; init; }

    /// <summary>The template in force.</summary>
    public required string Template { get; init; }

    /// <summary>The system prompt; may be empty.</summary>
    public required string System { get; init; }

    /// <summary>Details.</summary>
    public required ModelDetails Details { get; init; }

    /// <summary>Stored messages.</summary>
    public required ImmutableArray<ChatMessage> Messages { get; init; }

    /// <summary>Metadata of the weights.</summary>
    public required JsonObject ModelInfo { get; init; }

    /// <summary>Metadata of the first projector, or null.</summary>
    public required JsonObject? ProjectorInfo { get; init; }

    /// <summary>Tensors of the weights.</summary>
    public required ImmutableArray<ShownTensor> Tensors { get; init; }

    /// <summary>What the model can do.</summary>
    public required ImmutableArray<string> Capabilities { get; init; }

    /// <summary>When its manifest was written.</summary>
    public required DateTimeOffset ModifiedAt { get; init; }

    /// <summary>Least version of the server; may be empty.</summary>
    public required string Requires { get; init; }

    /// <summary>What is accepted and does not do what was meant.</summary>
    public required ImmutableArray<string> Warnings { get; init; }

    /// <summary>Reads what is shown.</summary>
    /// <exception cref="StoreException">A blob is missing or broken.</exception>
    public static ShownModel Of(LocalStore store, StoredModel model, ShowOptions options)
    {
        var stored = store.Read(model);
        var build = Overlay(stored, options);
        var weights = build.WeightsPath.Length > 0 ? GgufFile.Read(build.WeightsPath, build.WeightsDigest) : null;
        return new ShownModel
        {
            License = string.Join('\n', build.Licenses),
            Modelfile = ModelfileText.Of(build),
            Parameters = ParametersText.Of(stored.Parameters),
            Template = TemplateChoice.Of(build, options.GoTemplates).Text,
            System = build.System ?? "",
            Details = ModelDetails.Of(model),
            Messages = build.Messages,
            ModelInfo = weights is null ? [] : Showing.ModelInfo.Of(weights, options.Verbose),
            ProjectorInfo = build.ProjectorPaths.Length > 0
                ? Showing.ModelInfo.Of(GgufFile.Read(build.ProjectorPaths[0]), options.Verbose)
                : null,
            Tensors = weights is null
                ? []
                : [.. weights.Tensors.Select(tensor => new ShownTensor(tensor.Name, tensor.Type.Name, tensor.Shape))],
            Capabilities = Showing.Capabilities.Of(build, options.GoTemplates),
            ModifiedAt = model.ModifiedAt,
            Requires = model.Config.Requires,
            Warnings = ModelWarnings.Of(stored, options.GoTemplates),
        };
    }

    private static ModelBuild Overlay(ModelBuild build, ShowOptions options)
    {
        var parameters = (JsonObject)build.Parameters.DeepClone();
        foreach (var (name, value) in options.Options ?? [])
            parameters[name] = value?.DeepClone();
        return build with { System = options.System.Length > 0 ? options.System : build.System, Parameters = parameters };
    }
}
