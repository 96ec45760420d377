using System.Collections.Immutable;
using ModelOps.Templates.GoTemplates.Printing;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Data;

/// <summary>The types of the data that templates get, with the printing rules of each.</summary>
internal static class GoTypes
{
    internal static GoType AnyList { get; } = new("[]interface {}") { HoldsAnything = true };

    internal static GoType AnyMap { get; } = new("map[string]interface {}") { HoldsAnything = true };

    internal static GoType Texts { get; } = new("[]string");

    internal static GoType Image { get; } = new("api.ImageData") { IsBytes = true };

    internal static GoType Images { get; } = new("[]api.ImageData");

    /// <summary>Names of a property's type; a single one is written without a list.</summary>
    internal static GoType PropertyType { get; } = new("api.PropertyType")
    {
        Text = PropertyTypeText,
        JsonForm = value => value.AsList.Count == 1 ? value.AsList[0] : value,
    };

    /// <summary>Properties of a property: an object that keeps its order and has no fields.</summary>
    internal static GoType NestedProperties { get; } = new("*api.ToolPropertiesMap")
    {
        IsPointer = true,
        JsonForm = value => value.IsNil ? GoValue.Nil : value.AsStruct.Fields[0],
    };

    internal static GoType Property { get; } = new("api.ToolProperty")
    {
        Fields =
        [
            new GoField("AnyOf", "anyOf", OmitsEmpty: true),
            new GoField("Type", "type", OmitsEmpty: true),
            new GoField("Items", "items", OmitsEmpty: true),
            new GoField("Description", "description", OmitsEmpty: true),
            new GoField("Enum", "enum", OmitsEmpty: true),
            new GoField("Properties", "properties", OmitsEmpty: true),
            new GoField("Required", "required", OmitsEmpty: true),
        ],
        Methods = ImmutableDictionary.CreateRange<string, Func<GoValue, GoValue>>(
            [KeyValuePair.Create<string, Func<GoValue, GoValue>>("ToTypeScriptType", value => GoValue.OfBytes(TypeScript.Of(value)))]),
    };

    internal static GoType AnyOf { get; } = new("[]api.ToolProperty");

    internal static GoType Properties { get; } = new("template.templateProperties")
    {
        Text = value => value.IsNil ? "{}" : GoJson.Of(value),
        Zero = () => GoTools.NoProperty,
    };

    internal static GoType Parameters { get; } = new("template.templateToolFunctionParameters")
    {
        Fields =
        [
            new GoField("Type", "type"),
            new GoField("Defs", "$defs", OmitsEmpty: true),
            new GoField("Items", "items", OmitsEmpty: true),
            new GoField("Required", "required", OmitsEmpty: true),
            new GoField("Properties", "properties"),
        ],
    };

    internal static GoType ToolFunction { get; } = new("template.templateToolFunction")
    {
        Fields = [new GoField("Name", "name"), new GoField("Description", "description"), new GoField("Parameters", "parameters")],
    };

    internal static GoType Tool { get; } = new("template.templateTool")
    {
        Fields = [new GoField("Type", "type"), new GoField("Items", "items", OmitsEmpty: true), new GoField("Function", "function")],
        Text = GoJson.Of,
    };

    internal static GoType Tools { get; } = new("template.templateTools") { Text = GoJson.Of };

    internal static GoType Arguments { get; } = new("template.templateArgs")
    {
        HoldsAnything = true,
        Text = value => value.IsNil ? "{}" : GoJson.Of(value),
    };

    internal static GoType CallFunction { get; } = new("template.templateToolCallFunction")
    {
        Fields = [new GoField("Index", "Index"), new GoField("Name", "Name"), new GoField("Arguments", "Arguments")],
    };

    internal static GoType Call { get; } = new("template.templateToolCall")
    {
        Fields = [new GoField("ID", "ID"), new GoField("Function", "Function")],
    };

    internal static GoType Calls { get; } = new("[]template.templateToolCall");

    private static ImmutableArray<GoField> MessageFields { get; } =
    [
        new GoField("Role", "Role"),
        new GoField("Content", "Content"),
        new GoField("Thinking", "Thinking"),
        new GoField("Images", "Images"),
        new GoField("ToolCalls", "ToolCalls"),
        new GoField("ToolName", "ToolName"),
        new GoField("ToolCallID", "ToolCallID"),
    ];

    internal static GoType Message { get; } = new("*template.templateMessage")
    {
        Fields = MessageFields,
        IsPointer = true,
        Target = new GoType("template.templateMessage") { Fields = MessageFields },
    };

    internal static GoType Messages { get; } = new("[]*template.templateMessage");

    private static string PropertyTypeText(GoValue value) => value.AsList switch
    {
        { Count: 0 } => "",
        { Count: 1 } list => list[0].AsText,
        var list => $"[{string.Join(' ', list.Items.ToArray().Select(item => item.AsText))}]",
    };
}
