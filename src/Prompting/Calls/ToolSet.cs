using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Calls;

/// <summary>The tools that a request offers.</summary>
public sealed class ToolSet
{
    private readonly FrozenDictionary<string, JsonElement> _parameters;

    public ToolSet(ImmutableArray<Tool> tools)
    {
        Tools = tools.IsDefault ? [] : tools;
        var parameters = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var tool in Tools)
            parameters[tool.Name] = ParametersOf(tool);
        parameters.Remove("");
        _parameters = parameters.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>No tool.</summary>
    public static ToolSet Empty { get; } = new([]);

    /// <summary>As sent.</summary>
    internal ImmutableArray<Tool> Tools { get; }

    /// <summary>Every name that can be called.</summary>
    internal ImmutableArray<string> Names => _parameters.Keys;

    /// <summary>A tool of this name is offered.</summary>
    internal bool Has(string name) => _parameters.ContainsKey(name);

    /// <summary>JSON Schema of a tool's arguments; an undefined element when it has none.</summary>
    internal static JsonElement ParametersOf(Tool tool) =>
        tool.Json.ValueKind == JsonValueKind.Object
        && tool.Json.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object
        && function.TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object
            ? parameters
            : default;

    /// <summary>The same with every keyword that the caller wrote.</summary>
    internal static JsonElement SchemaOf(Tool tool) => tool.Schema.ValueKind == JsonValueKind.Object ? tool.Schema : ParametersOf(tool);

    /// <summary>The tool asks for arguments that fit its schema exactly.</summary>
    internal static bool IsStrict(Tool tool) =>
        tool.IsStrict
        || tool.Json.ValueKind == JsonValueKind.Object
        && tool.Json.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object
        && function.TryGetProperty("strict", out var strict) && strict.ValueKind == JsonValueKind.True;

    /// <summary>JSON Schema of the arguments of an offered tool; undefined when there is none.</summary>
    internal JsonElement ParametersOf(string tool) => _parameters.GetValueOrDefault(tool);

    /// <summary>Whether an argument is declared as text and nothing else.</summary>
    internal bool IsText(string tool, string argument) =>
        _parameters.TryGetValue(tool, out var schema) && schema.ValueKind == JsonValueKind.Object
        && schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
        && properties.TryGetProperty(argument, out var property) && IsText(property);

    /// <summary>Whether a schema is one of text and nothing else.</summary>
    internal static bool IsText(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object
        && schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.ValueEquals("string");
}
