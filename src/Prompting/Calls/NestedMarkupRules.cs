using System.Text.Json;
using ModelOps.Prompting.Grammars;

namespace ModelOps.Prompting.Calls;

/// <summary>Rules for the calls of <see cref="NestedMarkupFormat"/>: plain types, lists and objects of them can be said.</summary>
internal static class NestedMarkupRules
{
    private const int MostDepth = 8;
    private const string Mark = NestedMarkupFormat.Mark;
    private const string Hint = "cannot be enforced in this model's way of writing calls; use plain types, lists and objects of them";

    /// <summary>What follows the opening.</summary>
    internal static string Rest(GrammarBuilder builder, CallableTools tools, bool several)
    {
        var blanks = MarkRules.Blanks(builder);
        var call = tools.Either(builder, tool =>
        {
            var arguments = tools.ArgumentsOf(tool).Select(argument => Member(builder, argument, argument.Path, 0));
            return $"{GrammarBuilder.Literal($"{NestedMarkupFormat.Invoke}{tool.Name}\">")} {string.Join(' ', arguments)} "
                + $"{GrammarBuilder.Literal(NestedMarkupFormat.InvokeEnd)}";
        });
        return $"{blanks} {call}{(several ? $" ({blanks} {call})*" : "")} {blanks} {GrammarBuilder.Literal(NestedMarkupFormat.Close)}";
    }

    private static string Member(GrammarBuilder builder, CallableTools.Argument argument, string path, int depth)
    {
        if (argument.Name.Length == 0 || argument.Name[0] == '/' || argument.Name.Contains('>', StringComparison.Ordinal))
            throw new SchemaException("properties", path, $"\"{argument.Name}\" cannot be the name of a tag");
        var tag = Tag(argument.Name, Value(builder, argument.Schema, path, depth));
        return argument.IsRequired ? tag : $"({tag})?";
    }

    private static string Tag(string name, string value) =>
        $"{GrammarBuilder.Literal($"{Mark}<{name}>")} ({value}) {GrammarBuilder.Literal($"{Mark}</{name}>")}";

    private static string Value(GrammarBuilder builder, JsonElement schema, string path, int depth)
    {
        var one = new CallableTools.Argument("value", schema, true);
        if (one.Choices is { } choices && (ToolSet.IsText(schema) || choices.All(choice => !JsonScan.TryParse(choice.Trim(), out _))))
            return string.Join(" | ", choices.Select(GrammarBuilder.Literal));
        switch (one.Type)
        {
            case "string" when SchemaKeywords.OtherThan(schema, "type") is null:
                return MarkRules.Without(builder, Mark);
            case "integer" or "number" or "boolean" or "null":
                return builder.AddSchema(schema, "value");
            case "array" when depth < MostDepth && schema.TryGetProperty("items", out var items):
                return Items(builder, schema, items, path, depth);
            case "object" when depth < MostDepth && SchemaKeywords.OtherThan(
                schema, "type", "properties", "required", "additionalProperties") is null
                && CallableTools.PropertiesOf(schema) is { IsEmpty: false } members:
                return string.Join(
                    ' ',
                    members.Select(member => Member(builder, member, $"{path}/properties/{SchemaText.Escaped(member.Name)}", depth + 1)));
            default:
                throw new SchemaException("type", path, Hint);
        }
    }

    /// <summary>A list without items looks like an empty object, so it is written as JSON.</summary>
    private static string Items(GrammarBuilder builder, JsonElement schema, JsonElement items, string path, int depth)
    {
        if (SchemaKeywords.OtherThan(schema, "type", "items", "minItems", "maxItems") is { } other)
            throw new SchemaException(other, path, Hint);
        var (least, most) = (SchemaCompiler.Count(schema, "minItems", path) ?? 0, SchemaCompiler.Count(schema, "maxItems", path));
        if (most == 0)
            return "\"[]\"";
        var item = builder.AddRule("item", Tag(NestedMarkupFormat.Item, Value(builder, items, $"{path}/items", depth + 1)));
        var row = $"{item}{{{Math.Max(least, 1)},{most}}}";
        return least == 0 ? $"\"[]\" | {row}" : row;
    }
}
