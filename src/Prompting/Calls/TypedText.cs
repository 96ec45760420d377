using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Calls;

/// <summary>Arguments of formats that write every value as bare text.</summary>
internal sealed class TypedText(string tool, ToolSet tools)
{
    private readonly JsonObject _values = [];

    /// <summary>Adds an argument: text where the schema says text, else JSON where it is JSON.</summary>
    internal void Add(string name, string value, bool isText = false)
    {
        if (!isText && !tools.IsText(tool, name) && JsonScan.TryParse(value.Trim(), out var json))
            _values[name] = JsonNode.Parse(json.GetRawText(), documentOptions: JsonNesting.Document);
        else
            _values[name] = JsonValue.Create(value);
    }

    /// <summary>Adds a value that was read already.</summary>
    internal void Add(string name, JsonNode? value) => _values[name] = value;

    /// <summary>All of them as an object.</summary>
    internal JsonElement ToJson() => CallObject.OfNode(_values);
}
