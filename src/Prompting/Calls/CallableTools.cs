using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Grammars;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Calls;

/// <summary>The tools that a grammar lets a model call.</summary>
/// <param name="Tools">At least one.</param>
/// <param name="IsExact">Arguments must fit their schema; else a schema that cannot be expressed stands for any object.</param>
/// <param name="IsFull">Every keyword that the caller wrote counts, and not only those that models are shown. For a strict tool they
/// always do.</param>
internal sealed record CallableTools(ImmutableArray<Tool> Tools, bool IsExact, bool IsFull = false)
{
    private static readonly JsonElement AnyObject = JsonElement.Parse("""{"type":"object"}""");

    /// <summary>A rule for the JSON arguments of a tool.</summary>
    internal string Arguments(GrammarBuilder builder, Tool tool)
    {
        var schema = SchemaOf(tool);
        if (schema.ValueKind != JsonValueKind.Object || !schema.EnumerateObject().Any())
            return builder.AddSchema(AnyObject, "arguments");
        schema = AsObject(schema);
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
    internal string Either(GrammarBuilder builder, Func<Tool, string> write) =>
        builder.AddRule("call", string.Join(" | ", Tools.Select(write)));

    /// <summary>The arguments of a tool one by one, in the order of its schema; those that may be absent last.</summary>
    internal ImmutableArray<Argument> ArgumentsOf(Tool tool)
    {
        var schema = SchemaOf(tool);
        if (MustFit(tool) && schema.ValueKind == JsonValueKind.Object)
            CheckTop(schema);
        return [.. PropertiesOf(schema).Select(
            argument => argument with { Root = schema, Path = "/properties/" + SchemaText.Escaped(argument.Name) })];
    }

    /// <summary>Nothing that a tool's schema says may be left unsaid.</summary>
    internal bool MustFit(Tool tool) => IsExact || ToolSet.IsStrict(tool);

    /// <summary>The same for any object.</summary>
    internal static ImmutableArray<Argument> PropertiesOf(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object
            || !schema.TryGetProperty("properties", out var properties)
            || properties.ValueKind != JsonValueKind.Object)
            return [];
        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array
            ? names.EnumerateArray()
                .Where(name => name.ValueKind == JsonValueKind.String)
                .Select(name => name.GetString()!)
                .ToHashSet(StringComparer.Ordinal)
            : [];
        return [.. properties.EnumerateObject()
            .Select(property => new Argument(property.Name, property.Value, required.Contains(property.Name)))
            .OrderByDescending(one => one.IsRequired)];
    }

    private JsonElement SchemaOf(Tool tool) => IsFull || ToolSet.IsStrict(tool) ? ToolSet.SchemaOf(tool) : ToolSet.ParametersOf(tool);

    /// <summary>Arguments are an object, whether the schema says so or not.</summary>
    private static JsonElement AsObject(JsonElement schema)
    {
        if (schema.TryGetProperty("type", out var type) && !(type.ValueKind == JsonValueKind.String && type.ValueEquals("")))
            return schema;
        var named = JsonObject.Create(schema)!;
        named["type"] = "object";
        return JsonElement.Parse(named.ToJsonString(), JsonNesting.Document);
    }

    /// <summary>Where arguments are written one by one, only these keywords about all of them can be followed.</summary>
    private static void CheckTop(JsonElement schema)
    {
        SchemaKeywords.Check(schema, "");
        if (SchemaKeywords.OtherThan(
            schema, "type", "properties", "required", "additionalProperties", "unevaluatedProperties") is { } other)
            throw new SchemaException(
                other, "", "cannot be enforced in this model's way of writing calls, one argument after the other; leave it out");
        if (schema.TryGetProperty("required", out var required) && required.ValueKind == JsonValueKind.Array
            && required.EnumerateArray().FirstOrDefault(
                name => !IsDeclared(schema, name)) is { ValueKind: JsonValueKind.String } undeclared)
            throw new SchemaException("required", "", $"\"{undeclared.GetString()}\" is not among the properties");
    }

    private static bool IsDeclared(JsonElement schema, JsonElement name) =>
        name.ValueKind == JsonValueKind.String && schema.TryGetProperty("properties", out var properties)
        && properties.ValueKind == JsonValueKind.Object && properties.TryGetProperty(name.GetString()!, out _);

    /// <summary>One argument.</summary>
    internal sealed record Argument(string Name, JsonElement Schema, bool IsRequired)
    {
        /// <summary>The schema that it is a part of, for references into it; undefined when it stands alone.</summary>
        internal JsonElement Root { get; init; }

        /// <summary>Where in that schema it stands.</summary>
        internal string Path { get; init; } = "";

        /// <summary>A rule for its value as JSON.</summary>
        internal string Rule(GrammarBuilder builder) => builder.AddSchema(Schema, Name, Root, Path);

        /// <summary>Its one type, or empty.</summary>
        internal string Type =>
            Schema.ValueKind == JsonValueKind.Object
                && Schema.TryGetProperty("type", out var type)
                && type.ValueKind == JsonValueKind.String
                ? type.GetString()!
                : "";

        /// <summary>Any text will do.</summary>
        internal bool IsFreeText => Type == "string" && !Schema.TryGetProperty("enum", out _) && !Schema.TryGetProperty("const", out _);

        /// <summary>The texts it may be, or null when it is not a choice of texts.</summary>
        internal IEnumerable<string>? Choices =>
            Schema.ValueKind == JsonValueKind.Object && Schema.TryGetProperty(
                "enum", out var choices) && choices.ValueKind == JsonValueKind.Array
            && choices.EnumerateArray().All(choice => choice.ValueKind == JsonValueKind.String)
                ? choices.EnumerateArray().Select(choice => choice.GetString()!)
                : null;
    }
}
