using System.Text.Json;
using ModelOps.ModelfileLang.Chat;
using ModelOps.ModelfileLang.GoTemplates.Values;

namespace ModelOps.ModelfileLang.GoTemplates.Data;

/// <summary>Tools as templates see them: known keys only, in the order of their types.</summary>
internal static class GoTools
{
    /// <summary>What a name without a property gives.</summary>
    internal static GoValue NoProperty { get; } = Property(default);

    internal static GoValue Of(IReadOnlyList<Tool>? tools) => tools is null
        ? GoValue.Of(new GoList(GoTypes.Tools, [], isNil: true))
        : GoValue.Of(new GoList(GoTypes.Tools, [.. tools.Select(tool => Of(tool.Json))]));

    private static GoValue Of(JsonElement tool) => Struct(
        GoTypes.Tool,
        GoJsonReader.Text(GoJsonReader.Get(tool, "type")),
        GoJsonReader.Read(GoJsonReader.Get(tool, "items")),
        Function(GoJsonReader.Get(tool, "function")));

    private static GoValue Function(JsonElement function) => Struct(
        GoTypes.ToolFunction,
        GoJsonReader.Text(GoJsonReader.Get(function, "name")),
        GoJsonReader.Text(GoJsonReader.Get(function, "description")),
        Parameters(GoJsonReader.Get(function, "parameters")));

    private static GoValue Parameters(JsonElement parameters) => Struct(
        GoTypes.Parameters,
        GoJsonReader.Text(GoJsonReader.Get(parameters, "type")),
        GoJsonReader.Read(GoJsonReader.Get(parameters, "$defs")),
        GoJsonReader.Read(GoJsonReader.Get(parameters, "items")),
        GoJsonReader.Texts(GoJsonReader.Get(parameters, "required")),
        GoValue.Of(GoJsonReader.Map(GoTypes.Properties, GoJsonReader.Get(parameters, "properties"), Property)));

    private static GoValue Property(JsonElement property) => Struct(
        GoTypes.Property,
        GoValue.Of(GoJsonReader.List(GoTypes.AnyOf, GoJsonReader.Get(property, "anyOf"), Property)),
        PropertyType(GoJsonReader.Get(property, "type")),
        GoJsonReader.Read(GoJsonReader.Get(property, "items")),
        GoJsonReader.Text(GoJsonReader.Get(property, "description")),
        GoValue.Of(GoJsonReader.List(GoTypes.AnyList, GoJsonReader.Get(property, "enum"), GoJsonReader.Read)),
        NestedProperties(GoJsonReader.Get(property, "properties")),
        GoJsonReader.Texts(GoJsonReader.Get(property, "required")));

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
