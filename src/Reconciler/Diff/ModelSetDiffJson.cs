using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelfileLang.Diff;

namespace ModelOps.Reconciler.Diff;

/// <summary>A comparison of two sets for programs.</summary>
public static class ModelSetDiffJson
{
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
