using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Diff;

/// <summary>A comparison for programs. Secrets are hidden here too.</summary>
public static class ModelfileDiffJson
{
    /// <summary>
    /// <c>{"class", "changes": [{"subject", "kind", "class", "style", "before", "after", "line", "edits"}]}</c>; key order is fixed.
    /// </summary>
    public static JsonObject Write(ModelfileDiff diff) => new()
    {
        ["class"] = diff.Class is { } updateClass ? DiffWords.Of(updateClass) : null,
        ["changes"] = new JsonArray([.. diff.Changes.Select(Change)]),
    };

    private static JsonNode Change(ModelfileChange change)
    {
        var json = new JsonObject
        {
            ["subject"] = change.Subject,
            ["kind"] = DiffWords.Of(change.Kind),
            ["class"] = DiffWords.Of(change.Class),
            ["style"] = DiffWords.Of(change.Style),
            ["before"] = Items(change.Before),
            ["after"] = Items(change.After),
            ["line"] = change.Place.Line,
        };
        if (change.Kind == ChangeKind.Changed && !change.Edits.IsEmpty)
            json["edits"] = new JsonArray([.. ModelfileDiffText.SafeEdits(change).Select(Edit)]);
        return json;
    }

    private static JsonArray Items(ImmutableArray<string> items) =>
        new([.. items.Select(item => (JsonNode)SecretText.Mask(item))]);

    private static JsonNode Edit(TextEdit edit) =>
        new JsonObject { ["kind"] = DiffWords.Of(edit.Kind), ["text"] = edit.Text };
}
