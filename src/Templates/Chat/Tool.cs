using System.Text.Json;

namespace ModelOps.Templates.Chat;

/// <summary>A tool that the caller offers, kept as the JSON object it was sent as: <c>{"type":"function","function":{…}}</c>.</summary>
/// <remarks>Jinja templates see this object as it is; Go templates see the typed view of spec 3.4, made by the Go template
/// engine.</remarks>
public sealed record Tool(JsonElement Json)
{
    /// <summary>
    /// JSON Schema of the arguments with every keyword of the caller, where the object above has fewer because models are shown fewer;
    /// undefined when there is nothing to add.
    /// </summary>
    public JsonElement Schema { get; init; }

    /// <summary>The caller asks for arguments that fit the schema exactly.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The function's name, or empty when it has none.</summary>
    public string Name =>
        Json.ValueKind == JsonValueKind.Object
        && Json.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object
        && function.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String
            ? name.GetString()!
            : "";
}
