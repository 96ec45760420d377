using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Diff;

namespace ModelOps.Reconciler.Diff;

/// <summary>A comparison of two sets for programs.</summary>
public static class ModelSetDiffJson
{
    private const string Top = "diff";

    /// <summary>
    /// <c>{"models": [{"name", "kind", "class", "declaredAt", "settings", "modelfile"}], "settings": [{"key", "class", "before",
    /// "after"}]}</c>, and <c>"shortages": ["…"]</c> where pinned models do not fit; key order is fixed.
    /// </summary>
    public static JsonObject Write(ModelSetDiff diff)
    {
        var json = new JsonObject
        {
            ["models"] = new JsonArray([.. diff.Models.Select(Model)]),
            ["settings"] = Settings(diff.Settings),
        };
        if (!diff.Shortages.IsEmpty)
            json["shortages"] = new JsonArray([.. diff.Shortages.Select(shortage => (JsonNode)JsonValue.Create(shortage))]);
        return json;
    }

    /// <summary>Reads what <see cref="Write"/> writes, by somebody who is not trusted.</summary>
    /// <exception cref="FormatException">It is something else; the message says where.</exception>
    public static ModelSetDiff Read(JsonElement json)
    {
        DiffReader.Keys(json, Top, "models", "settings");
        return new ModelSetDiff([.. DiffReader.Items(json, Top, "models").Select(ReadModel)], ReadSettings(json, Top));
    }

    private static ModelDiff ReadModel((JsonElement Json, string Path) item)
    {
        var (json, path) = item;
        DiffReader.Keys(json, path, "name", "kind", "class", "declaredAt", "settings", "modelfile");
        var model = new ModelDiff(
            DiffReader.Text(json, path, "name"), DiffReader.Word<ChangeKind>(json, path, "kind", DiffWords.Of), ReadSettings(json, path),
            DiffReader.Modelfile(json.TryGetProperty("modelfile", out var modelfile) ? modelfile : default, $"{path}.modelfile"))
        {
            DeclaredAt = DiffReader.Text(json, path, "declaredAt"),
        };
        return model is { Kind: ChangeKind.Changed, Settings.IsEmpty: true, Modelfile.IsEmpty: true }
            ? throw new FormatException($"{path} is changed, and nothing in it")
            : model;
    }

    private static ImmutableArray<SettingChange> ReadSettings(JsonElement json, string path) =>
    [
        .. DiffReader.Items(json, path, "settings").Select(item =>
        {
            DiffReader.Keys(item.Json, item.Path, "key", "class", "before", "after");
            return new SettingChange(
                DiffReader.Text(item.Json, item.Path, "key"), DiffReader.Word<UpdateClass>(item.Json, item.Path, "class", DiffWords.Of),
                DiffReader.Text(item.Json, item.Path, "before"), DiffReader.Text(item.Json, item.Path, "after"));
        }),
    ];

    private static JsonNode Model(ModelDiff model) => new JsonObject
    {
        ["name"] = model.Name,
        ["kind"] = DiffWords.Of(model.Kind),
        ["class"] = model.Class is { } cost ? DiffWords.Of(cost) : null,
        ["declaredAt"] = model.DeclaredAt,
        ["settings"] = Settings(model.Settings),
        ["modelfile"] = ModelfileDiffJson.Write(model.Modelfile),
    };

    private static JsonArray Settings(IEnumerable<SettingChange> changes) => new([.. changes.Select(change => (JsonNode)new JsonObject
    {
        ["key"] = change.Key,
        ["class"] = DiffWords.Of(change.Class),
        ["before"] = SecretText.Mask(change.Before),
        ["after"] = SecretText.Mask(change.After),
    })]);
}
