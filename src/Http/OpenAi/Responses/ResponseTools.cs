using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Http.Reading;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.OpenAi.Responses;

/// <summary>Tools of <c>/v1/responses</c>: a function's members stand beside its type, and a namespace holds several (6.8).</summary>
internal static class ResponseTools
{
    private const string ToolType = "openai.ResponsesTool";

    internal static ImmutableArray<RequestObject> Fields(RequestObject body) => body.Objects("tools", ToolType);

    internal static ImmutableArray<Tool> Read(ImmutableArray<RequestObject> tools) => [.. tools.SelectMany(tool => Read(tool, ""))];

    /// <summary>Repeats a tool of the request in the response.</summary>
    internal static void Write(Utf8JsonWriter json, RequestObject tool)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, tool.Text("type"));
        json.WriteString("name"u8, tool.Text("name"));
        json.WriteString("description"u8, tool.OptionalText("description"));
        WriteAny(json, "strict", tool.Any("strict"));
        WriteAny(json, "parameters", tool.Any("parameters"));
        if (tool.Any("tools") is { ValueKind: not JsonValueKind.Undefined } members)
            WriteAny(json, "tools", members);
        json.WriteEndObject();
    }

    private static IEnumerable<Tool> Read(RequestObject tool, string prefix)
    {
        var (type, name) = (tool.Text("type"), tool.Text("name"));
        if (type == "namespace")
        {
            var members = tool.Objects("tools", ToolType);
            return members.IsDefault ? [] : members.SelectMany(member => Read(member, name + "."));
        }

        // A search that the provider runs itself: this server has none, so the model must not see one.
        if (type.StartsWith("web_search", StringComparison.Ordinal))
            return [];
        var full = name.StartsWith(prefix, StringComparison.Ordinal) ? name : prefix + name;
        return [ToolJson.Of(
            full, tool.Text("description"), tool.Object("parameters", "api.ToolFunctionParameters"), ToolJson.IsStrict(tool))];
    }

    private static void WriteAny(Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        if (value.ValueKind == JsonValueKind.Undefined)
            json.WriteNullValue();
        else
            value.WriteTo(json);
    }
}
