using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Showing;
using ModelOps.ModelStore.Storage;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Settings;

namespace ModelOps.Cli.Commands;

/// <summary>What the server would answer to <c>list</c> and <c>show</c>, read from the folder of the store.</summary>
internal static class LocalModels
{
    /// <summary>As <c>/api/tags</c>.</summary>
    internal static JsonObject Tags(LocalStore store) => new()
    {
        ["models"] = new JsonArray([.. ListedModel.All(store).Select(Listed)]),
    };

    /// <summary>The model that a text names.</summary>
    /// <exception cref="CliException">There is none.</exception>
    internal static StoredModel Find(LocalStore store, string text)
    {
        if (!ModelName.TryParse(text, out var name))
            throw new CliException(ExitCode.Failed, "invalid model name");
        return store.Find(store.Canonicalise(name)) ?? throw new CliException(ExitCode.Failed, $"model '{name.ShortName}' not found");
    }

    /// <summary>As <c>/api/show</c>, without what is empty.</summary>
    internal static JsonObject Show(CliContext context, LocalStore store, StoredModel model, bool verbose)
    {
        var goTemplates = new HostEnvironment(context.Environment).Flag("OLLAMA_GO_TEMPLATE") switch
        {
            true => GoTemplateMode.Always,
            false => GoTemplateMode.Never,
            null => GoTemplateMode.Auto,
        };
        var shown = ShownModel.Of(store, model, new ShowOptions(verbose, GoTemplates: goTemplates));
        var json = new JsonObject();
        Add(json, "license", shown.License);
        Add(json, "modelfile", shown.Modelfile);
        Add(json, "parameters", shown.Parameters);
        Add(json, "template", shown.Template);
        Add(json, "system", shown.System);
        json["details"] = Details(shown.Details);
        if (!shown.Messages.IsDefaultOrEmpty)
        {
            json["messages"] = new JsonArray([.. shown.Messages.Select(message =>
                (JsonNode)new JsonObject { ["role"] = message.Role, ["content"] = message.Content })]);
        }

        json["model_info"] = shown.ModelInfo;
        if (shown.ProjectorInfo is { Count: > 0 } projector)
            json["projector_info"] = projector;
        if (!shown.Tensors.IsDefaultOrEmpty)
            json["tensors"] = new JsonArray([.. shown.Tensors.Select(Tensor)]);
        json["capabilities"] = Texts(shown.Capabilities);
        json["modified_at"] = Moment(shown.ModifiedAt);
        Add(json, "requires", shown.Requires);
        if (!shown.Warnings.IsEmpty)
            json["warnings"] = Texts(shown.Warnings);
        return json;
    }

    /// <summary>As <c>/modelops/v1/footprint</c>; null when it is not known.</summary>
    internal static async Task<JsonObject?> FootprintAsync(
        CliContext context, LocalStore store, StoredModel model, IComputeProbe? probe, CancellationToken cancellationToken)
    {
        var host = LocalWork.Host(context);
        if (PlannedFootprint.Of(store.Read(model), policy: null, host) is not { } need)
            return null;
        if (need.Profile is { } profile)
            need = need with { Natives = EngineSources.Describe(LocalWork.NativeFolder(context), profile) };
        return (probe is null ? need : await need.MeasureAsync(probe, cancellationToken)).ToJson();
    }

    private static JsonNode Listed(ListedModel listed) => new JsonObject
    {
        ["name"] = listed.Model.Name.ShortName,
        ["model"] = listed.Model.Name.ShortName,
        ["modified_at"] = Moment(listed.Model.ModifiedAt),
        ["size"] = listed.Model.Size,
        ["digest"] = listed.Model.Digest,
        ["details"] = Details(listed.Details),
        ["capabilities"] = Texts(listed.Capabilities),
    };

    private static JsonObject Details(ModelDetails details) => new()
    {
        ["parent_model"] = details.ParentModel,
        ["format"] = details.Format,
        ["family"] = details.Family,
        ["families"] = details.Families.IsDefault ? null : Texts(details.Families),
        ["parameter_size"] = details.ParameterSize,
        ["quantization_level"] = details.QuantizationLevel,
    };

    private static JsonNode Tensor(ShownTensor tensor) => new JsonObject
    {
        ["name"] = tensor.Name,
        ["type"] = tensor.Type,
        ["shape"] = new JsonArray([.. tensor.Shape.Select(dimension => (JsonNode)JsonValue.Create(dimension))]),
    };

    private static JsonArray Texts(ImmutableArray<string> texts) =>
        new([.. (texts.IsDefault ? [] : texts).Select(text => (JsonNode)JsonValue.Create(text))]);

    private static string Moment(DateTimeOffset moment) =>
        moment.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);

    private static void Add(JsonObject json, string name, string text)
    {
        if (text.Length > 0)
            json[name] = text;
    }
}
