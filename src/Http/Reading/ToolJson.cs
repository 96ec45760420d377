using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Http.Writing;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Reading;

/// <summary>
/// Tools on offer, cut down to what models are shown (2.2): every other keyword of JSON Schema is dropped, the members that stay come
/// in the reference's order, properties in the sender's. What a grammar can enforce beyond that is kept beside it.
/// </summary>
internal static class ToolJson
{
    private const string ToolType = "api.Tool";
    private const string PropertyType = "api.ToolProperty";

    /// <summary>The <c>tools</c> of a request; <c>default</c> when absent.</summary>
    internal static ImmutableArray<Tool> Read(RequestObject request)
    {
        var value = request.Any("tools");
        if (value.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Array))
            throw request.Wrong(value, "tools", "api.Tools");
        var tools = request.Objects("tools", ToolType);
        return tools.IsDefault ? default : [.. tools.Select(Of)];
    }

    /// <summary>A tool from its parts.</summary>
    /// <param name="name">Name of the function.</param>
    /// <param name="description">What it does, or null.</param>
    /// <param name="parameters">Schema of its arguments; null when it takes none.</param>
    /// <param name="isStrict">Arguments must fit that schema.</param>
    internal static Tool Of(
        string name, string? description, RequestObject? parameters, bool isStrict = false) => new(JsonBytes.Element(json =>
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "function");
        WriteFunction(json, name, description ?? "", parameters);
        json.WriteEndObject();
    }))
        {
            Schema = parameters?.Json ?? default, IsStrict = isStrict,
        };

    /// <summary>Whether calls must fit the tool. Other types than a truth were never looked at, and are not refused now.</summary>
    internal static bool IsStrict(RequestObject function) => function.Any("strict").ValueKind == JsonValueKind.True;

    private static Tool Of(RequestObject tool)
    {
        var function = tool.Object("function", "api.ToolFunction");
        var parameters = function?.Object("parameters", "api.ToolFunctionParameters");
        var json = JsonBytes.Element(json =>
        {
            json.WriteStartObject();
            json.WriteString("type"u8, tool.Text("type"));
            if (tool.Any("items") is { ValueKind: not JsonValueKind.Undefined } items)
            {
                json.WritePropertyName("items"u8);
                items.WriteTo(json);
            }

            WriteFunction(json, function?.Text("name") ?? "", function?.Text("description") ?? "", parameters);
            json.WriteEndObject();
        });

        return new Tool(json) { Schema = parameters?.Json ?? default, IsStrict = function is not null && IsStrict(function) };
    }

    private static void WriteFunction(Utf8JsonWriter json, string name, string description, RequestObject? parameters)
    {
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, name);
        json.WriteUnlessEmpty("description"u8, description);
        if (parameters is not null)
        {
            json.WriteStartObject("parameters"u8);
            json.WriteString("type"u8, parameters.Text("type"));
            WriteAny(json, parameters, "$defs");
            WriteAny(json, parameters, "items");
            WriteRequired(json, parameters);
            WriteProperties(json, parameters, always: true);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteProperty(Utf8JsonWriter json, RequestObject property)
    {
        json.WriteStartObject();
        var choices = property.Objects("anyOf", PropertyType);
        if (!choices.IsDefaultOrEmpty)
        {
            json.WriteStartArray("anyOf"u8);
            foreach (var choice in choices)
                WriteProperty(json, choice);
            json.WriteEndArray();
        }

        WriteType(json, property);
        WriteAny(json, property, "items");
        json.WriteUnlessEmpty("description"u8, property.Text("description"));
        WriteList(json, "enum", property.List("enum", "[]interface {}"));
        WriteProperties(json, property, always: false);
        WriteRequired(json, property);
        json.WriteEndObject();
    }

    private static void WriteType(Utf8JsonWriter json, RequestObject property)
    {
        var type = property.Any("type");
        if (type.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.String or JsonValueKind.Array))
            throw property.Wrong(type, "type", "api.PropertyType");
        if (type.ValueKind == JsonValueKind.Array && type.GetArrayLength() == 1)
            type = type[0];
        if (type.ValueKind == JsonValueKind.Undefined || (type.ValueKind == JsonValueKind.Array && type.GetArrayLength() == 0))
            return;
        json.WritePropertyName("type"u8);
        type.WriteTo(json);
    }

    private static void WriteProperties(Utf8JsonWriter json, RequestObject schema, bool always)
    {
        var properties = schema.Object("properties", PropertyType);
        if (properties is null && !always)
            return;
        json.WriteStartObject("properties"u8);
        if (properties is not null)
        {
            foreach (var member in properties.Json.EnumerateObject())
            {
                json.WritePropertyName(member.Name);
                WriteProperty(json, properties.Member(member, PropertyType));
            }
        }

        json.WriteEndObject();
    }

    private static void WriteRequired(Utf8JsonWriter json, RequestObject schema)
    {
        var required = schema.Texts("required");
        if (required.IsDefaultOrEmpty)
            return;
        json.WriteStartArray("required"u8);
        foreach (var name in required)
            json.WriteStringValue(name);
        json.WriteEndArray();
    }

    private static void WriteAny(Utf8JsonWriter json, RequestObject schema, string key)
    {
        if (schema.Any(key) is not { ValueKind: not JsonValueKind.Undefined } value)
            return;
        json.WritePropertyName(key);
        value.WriteTo(json);
    }

    private static void WriteList(Utf8JsonWriter json, string key, ImmutableArray<JsonElement> items)
    {
        if (items.IsDefaultOrEmpty)
            return;
        json.WriteStartArray(key);
        foreach (var item in items)
            item.WriteTo(json);
        json.WriteEndArray();
    }
}
