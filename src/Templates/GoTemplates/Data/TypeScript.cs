using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Data;

/// <summary>A property of a tool as a TypeScript type.</summary>
internal static class TypeScript
{
    internal static string Of(GoValue value)
    {
        if (value.Kind != GoKind.Struct || value.Type != GoTypes.Property)
            return "any";
        var choices = Field(value, "AnyOf").AsList;
        var types = Field(value, "Type").AsList;
        var names = choices.Count > 0
            ? choices.Items.ToArray().Select(Of)
            : types.Items.ToArray().Select(type => Name(type.AsText)).DefaultIfEmpty("any");
        return string.Join(" | ", names);
    }

    private static GoValue Field(GoValue value, string name) => value.AsStruct.Fields[GoTypes.Property.IndexOf(name)];

    private static string Name(string type) => type switch
    {
        "string" or "boolean" or "null" => type,
        "number" or "integer" => "number",
        "array" => "any[]",
        "object" => "Record<string, any>",
        _ => "any",
    };
}
