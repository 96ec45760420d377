using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Parsing;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Calls;

/// <summary>Calls that are written as a JSON object with a name and arguments.</summary>
internal static class CallObject
{
    private static readonly string[] NameKeys = ["name", "tool_name", "function"];
    private static readonly string[] ArgumentKeys = ["arguments", "parameters"];

    /// <summary>No arguments.</summary>
    internal static JsonElement NoArguments { get; } = JsonElement.Parse("{}");

    /// <summary>Arguments that were put together from parts; they may lie deeper than what is read as JSON from one place.</summary>
    internal static JsonElement OfNode(JsonObject arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = JsonNesting.DeepestAround }))
            arguments.WriteTo(writer);
        return JsonElement.Parse(buffer.WrittenSpan, new JsonDocumentOptions { MaxDepth = JsonNesting.DeepestAround });
    }

    /// <summary>The call an object says, or null when it says none of the offered tools.</summary>
    internal static OutputPiece.Call? Of(JsonElement json, ToolSet tools)
    {
        if (json.ValueKind != JsonValueKind.Object)
            return null;

        // Some models wrap it as the API does.
        if (json.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object)
            return Of(function, tools);
        foreach (var key in NameKeys)
        {
            if (json.TryGetProperty(key, out var name) && name.ValueKind == JsonValueKind.String)
                return tools.Has(name.GetString()!) && Arguments(json) is { } arguments
                    ? new OutputPiece.Call(name.GetString()!, arguments)
                    : null;
        }

        return null;
    }

    /// <summary>Arguments as an object; text is read as JSON once more.</summary>
    internal static JsonElement? AsArguments(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value,
        JsonValueKind.Null or JsonValueKind.Undefined => NoArguments,
        JsonValueKind.String when JsonScan.TryParse(value.GetString(), out var inner) && inner.ValueKind == JsonValueKind.Object => inner,
        _ => null,
    };

    private static JsonElement? Arguments(JsonElement json)
    {
        foreach (var key in ArgumentKeys)
        {
            if (json.TryGetProperty(key, out var value))
                return AsArguments(value);
        }

        return NoArguments;
    }
}
