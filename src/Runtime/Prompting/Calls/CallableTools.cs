using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.ModelfileLang.Chat;
using ModelOps.Runtime.Prompting.Grammars;

namespace ModelOps.Runtime.Prompting.Calls;

/// <summary>The tools that a grammar lets a model call.</summary>
/// <param name="Tools">At least one.</param>
/// <param name="IsExact">Arguments must fit their schema; else a schema that cannot be expressed stands for any object.</param>
internal sealed record CallableTools(ImmutableArray<Tool> Tools, bool IsExact)
{
    private static readonly JsonElement AnyObject = JsonElement.Parse("""{"type":"object"}""");

    /// <summary>A rule for the JSON arguments of a tool.</summary>
    internal string Arguments(GrammarBuilder builder, Tool tool)
    {
        var schema = ToolSet.ParametersOf(tool);
        if (schema.ValueKind != JsonValueKind.Object || !schema.EnumerateObject().Any())
            return builder.AddSchema(AnyObject, "arguments");
        try
        {
            return builder.AddSchema(schema, "arguments");
        }
        catch (SchemaException) when (!IsExact && !ToolSet.IsStrict(tool))
        {
            return builder.AddSchema(AnyObject, "arguments");
        }
    }

    /// <summary>One of the tools, each as the caller writes it.</summary>
    internal string Either(GrammarBuilder builder, Func<Tool, string> write) => builder.AddRule("call", string.Join(" | ", Tools.Select(write)));

    /// <summary>The arguments of a tool one by one, in the order of its schema; those that may be absent last.</summary>
    internal static ImmutableArray<Argument> ArgumentsOf(Tool tool) => PropertiesOf(ToolSet.ParametersOf(tool));

    /// <summary>The same for any object.</summary>
    internal static ImmutableArray<Argument> PropertiesOf(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
            return [];
        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray().Where(name => name.ValueKind == JsonValueKind.String).Select(name => name.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];
        return [.. properties.EnumerateObject().Select(property => new Argument(property.Name, property.Value, required.Contains(property.Name))).OrderByDescending(one => one.IsRequired)];
    }

    /// <summary>One argument.</summary>
    internal sealed record Argument(string Name, JsonElement Schema, bool IsRequired)
    {
        /// <summary>Its one type, or empty.</summary>
        internal string Type =>
            Schema.ValueKind == JsonValueKind.Object && Schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString()! : "";

        /// <summary>Any text will do.</summary>
        internal bool IsFreeText => Type == "string" && !Schema.TryGetProperty("enum", out _) && !Schema.TryGetProperty("const", out _);

        /// <summary>The texts it may be, or null when it is no choice of texts.</summary>
        internal IEnumerable<string>? Choices =>
            Schema.ValueKind == JsonValueKind.Object && Schema.TryGetProperty("enum", out var choices) && choices.ValueKind == JsonValueKind.Array
            && choices.EnumerateArray().All(choice => choice.ValueKind == JsonValueKind.String)
                ? choices.EnumerateArray().Select(choice => choice.GetString()!)
                : null;
    }
}
