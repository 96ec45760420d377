using System.Collections.Frozen;
using System.Text.Json;

namespace ModelOps.Prompting.Grammars;

/// <summary>What is done with each keyword of draft 2020-12.</summary>
internal static class SchemaKeywords
{
    /// <summary>
    /// Describe, and constrain nothing. <c>nullable</c> is of OpenAPI 3.0 and none of the draft's, whose validators refuse a null
    /// beside it; an answer without null fits in either reading.
    /// </summary>
    private static readonly FrozenSet<string> Annotations = FrozenSet.Create(
        StringComparer.Ordinal,
        "$schema",
        "$id",
        "$anchor",
        "$dynamicAnchor",
        "$comment",
        "$defs",
        "definitions",
        "$vocabulary",
        "title",
        "description",
        "default",
        "examples",
        "example",
        "deprecated",
        "readOnly",
        "writeOnly",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "strict",
        "nullable",
        "discriminator",
        "xml",
        "externalDocs");

    /// <summary>Constrain, and are understood.</summary>
    private static readonly FrozenSet<string> Understood = FrozenSet.Create(
        StringComparer.Ordinal,
        "type",
        "enum",
        "const",
        "anyOf",
        "oneOf",
        "allOf",
        "$ref",
        "properties",
        "required",
        "additionalProperties",
        "minProperties",
        "maxProperties",
        "items",
        "prefixItems",
        "minItems",
        "maxItems",
        "uniqueItems",
        "pattern",
        "format",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum", "multipleOf", "unevaluatedProperties", "unevaluatedItems");

    /// <summary>Constrain in a way that no grammar can follow.</summary>
    private static readonly FrozenSet<string> Refused = FrozenSet.Create(
        StringComparer.Ordinal,
        "not",
        "if",
        "then",
        "else",
        "dependentSchemas",
        "dependentRequired",
        "dependencies",
        "propertyNames",
        "patternProperties",
        "contains",
        "minContains",
        "maxContains", "$dynamicRef", "$recursiveRef", "additionalItems");

    /// <summary>Refuses a schema that says more than can be followed.</summary>
    internal static void Check(JsonElement schema, string path)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            if (Refused.Contains(keyword.Name))
                throw new SchemaException(keyword.Name, path, "a grammar cannot express it; leave it out and check the answer yourself");
        }
    }

    /// <summary>Whether a schema says anything beside these keywords. Unknown keywords are annotations (draft 2020-12, 6.5).</summary>
    internal static string? OtherThan(JsonElement schema, params ReadOnlySpan<string> keywords)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            if (Understood.Contains(keyword.Name) && !keywords.Contains(keyword.Name) && !Annotations.Contains(keyword.Name))
                return keyword.Name;
        }

        return null;
    }
}
