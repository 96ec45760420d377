using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOps.Http.Reading;

/// <summary>
/// Editable JSON from what a client sent. Of a repeated key the last counts; the framework's own conversion fails on one.
/// </summary>
internal static class JsonNodes
{
    internal static JsonNode? Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => ObjectOf(element),
        JsonValueKind.Array => new JsonArray([.. element.EnumerateArray().Select(Of)]),
        JsonValueKind.Undefined or JsonValueKind.Null => null,
        _ => JsonValue.Create(element),
    };

    /// <summary>The object, or null when there is none.</summary>
    internal static JsonObject? ObjectOf(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return null;
        var node = new JsonObject();
        foreach (var member in element.EnumerateObject())
            node[member.Name] = Of(member.Value);
        return node;
    }
}
