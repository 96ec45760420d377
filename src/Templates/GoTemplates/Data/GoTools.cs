using System.Text.Json;
using ModelOps.Templates.Chat;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Data;

/// <summary>Tools as templates see them: known keys only, in the order of their types.</summary>
internal static class GoTools
{
    /// <summary>The value of a name without a property.</summary>
    internal static GoValue NoProperty { get; } = Property(default);

    internal static GoValue Of(IReadOnlyList<Tool>? tools) => tools is null
        ? GoValue.Of(new GoList(GoTypes.Tools, [], isNil: true))
        : GoValue.Of(new GoList(GoTypes.Tools, [.. tools.Select(tool => Of(tool.Json))]));

    private static GoValue Of(JsonElement tool)
    {
        var fields = GoJsonReader.Fields(tool, "type", "items", "function");
        return Struct(GoTypes.Tool, GoJsonReader.Text(fields[0]), GoJsonReader.Read(fields[1]), Function(fields[2]));
    }

    private static GoValue Function(JsonElement function)
    {
        var fields = GoJsonReader.Fields(function, "name", "description", "parameters");
        return Struct(GoTypes.ToolFunction, GoJsonReader.Text(fields[0]), GoJsonReader.Text(fields[1]), Parameters(fields[2]));
    }

    private static GoValue Parameters(JsonElement parameters)
    {
        var fields = GoJsonReader.Fields(parameters, "type", "$defs", "items", "required", "properties");
        return Struct(
            GoTypes.Parameters,
            GoJsonReader.Text(fields[0]),
            GoJsonReader.Read(fields[1]),
            GoJsonReader.Read(fields[2]),
            GoJsonReader.Texts(fields[3]),
            GoValue.Of(GoJsonReader.Map(GoTypes.Properties, fields[4], Property)));
    }

    private static GoValue Property(JsonElement property)
    {
        var fields = GoJsonReader.Fields(property, "anyOf", "type", "items", "description", "enum", "properties", "required");
        return Struct(
            GoTypes.Property,
            GoValue.Of(GoJsonReader.List(GoTypes.AnyOf, fields[0], Property)),
            PropertyType(fields[1]),
            GoJsonReader.Read(fields[2]),
            GoJsonReader.Text(fields[3]),
            GoValue.Of(GoJsonReader.List(GoTypes.AnyList, fields[4], GoJsonReader.Read)),
            NestedProperties(fields[5]),
            GoJsonReader.Texts(fields[6]));
    }

    private static GoValue PropertyType(JsonElement type) => GoValue.Of(type.ValueKind == JsonValueKind.String
        ? new GoList(GoTypes.PropertyType, [GoJsonReader.Text(type)])
        : GoJsonReader.List(GoTypes.PropertyType, type, GoJsonReader.Text));

    /// <summary>Keeps the caller's order, by a type made for this one object.</summary>
    private static GoValue NestedProperties(JsonElement properties)
    {
        if (properties.ValueKind != JsonValueKind.Object)
            return GoValue.Of(new GoStruct(GoTypes.NestedProperties, [], isNil: true));
        var entries = new OrderedDictionary<string, GoValue>(StringComparer.Ordinal);
        foreach (var property in properties.EnumerateObject())
            entries[ByteText.From(property.Name)] = Property(property.Value);
        var type = new GoType("api.ToolProperties") { Fields = [.. entries.Keys.Select(name => new GoField(name, name))] };
        return Struct(GoTypes.NestedProperties, Struct(type, [.. entries.Values]));
    }

    private static GoValue Struct(GoType type, params GoValue[] fields) => GoValue.Of(new GoStruct(type, fields));
}
