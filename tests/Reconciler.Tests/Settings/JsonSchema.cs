using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Tests.Settings;

/// <summary>
/// What an editor does with a published schema, for the keywords that ours have. A keyword that it does not know is an error, so that no
/// promise of a schema is left untested.
/// </summary>
internal static class JsonSchema
{
    /// <summary>Where a value breaks the schema; empty when it is valid.</summary>
    internal static IEnumerable<string> Problems(JsonNode schema, JsonNode? value, string path = "") =>
        schema.AsObject().SelectMany(keyword => Problems(keyword.Key, keyword.Value!, schema, value, path));

    /// <summary>A YAML text as the JSON that an editor sees.</summary>
    internal static JsonNode? OfYaml(string text)
    {
        var problems = new DiagnosticList();
        var root = YamlText.Read(text, "file.yaml", problems);
        return root is null || problems.HasErrors ? null : Of(root);
    }

    private static JsonNode? Of(YamlNode node) => node switch
    {
        YamlNode.Mapping mapping => new JsonObject(
            mapping.Entries.DistinctBy(entry => entry.Key.Value).Where(entry => entry.Value is not YamlNode.Scalar { IsNull: true })
                .Select(entry => KeyValuePair.Create(entry.Key.Value, Of(entry.Value)))),
        YamlNode.Sequence sequence => new JsonArray([.. sequence.Items.Select(Of)]),
        YamlNode.Scalar { IsPlain: true, Value: "true" or "false" } flag => flag.Value == "true",
        YamlNode.Scalar { IsPlain: true } number when long.TryParse(
            number.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => whole,
        YamlNode.Scalar { IsPlain: true } number when double.TryParse(
            number.Value, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var part)
            => part,
        YamlNode.Scalar text => text.Value,
        _ => throw new UnreachableException(),
    };

    private static IEnumerable<string> Problems(string keyword, JsonNode rule, JsonNode schema, JsonNode? value, string path)
    {
        var fine = keyword switch
        {
            "$schema" or "title" or "description" or "default" => true,
            "type" => rule is JsonArray types ? types.Any(type => Is((string)type!, value)) : Is((string)rule!, value),
            "enum" => rule.AsArray().Any(word => JsonNode.DeepEquals(word, value)),
            "const" => JsonNode.DeepEquals(rule, value),
            "pattern" => value is not JsonValue || value.GetValueKind() != JsonValueKind.String
                || Regex.IsMatch((string)value!, (string)rule!, RegexOptions.None, TimeSpan.FromSeconds(5)),
            "format" when (string)rule! == "date-time" => value?.GetValueKind() != JsonValueKind.String
                || DateTimeOffset.TryParse((string)value!, CultureInfo.InvariantCulture, out _),
            "format" => (string)rule! == "regex" && (value?.GetValueKind() != JsonValueKind.String || IsExpression((string)value!)),
            "minimum" => value?.GetValueKind() != JsonValueKind.Number || Number(value) >= Number(rule),
            "maximum" => value?.GetValueKind() != JsonValueKind.Number || Number(value) <= Number(rule),
            "required" => value is not JsonObject || rule.AsArray().All(key => value[(string)key!] is not null),
            "oneOf" => rule.AsArray().Count(choice => !Problems(choice!, value, path).Any()) == 1,
            "additionalProperties" when rule is JsonValue => value is not JsonObject all
                || all.All(entry => schema["properties"]![entry.Key] is not null),
            "additionalProperties" or "properties" or "items" => true,
            _ => throw new NotSupportedException($"the schema has the keyword {keyword}, which this validator does not know"),
        };
        var below = keyword switch
        {
            "properties" when value is JsonObject entries => entries.Where(entry => rule[entry.Key] is not null)
                .SelectMany(entry => Problems(rule[entry.Key]!, entry.Value, $"{path}.{entry.Key}")),
            "additionalProperties" when rule is JsonObject && value is JsonObject entries =>
                entries.SelectMany(entry => Problems(rule, entry.Value, $"{path}.{entry.Key}")),
            "items" when value is JsonArray items => items.SelectMany((item, index) => Problems(rule, item, $"{path}[{index}]")),
            _ => [],
        };
        return fine ? below : below.Prepend($"{path}: {keyword} {rule.ToJsonString()}");
    }

    private static bool Is(string type, JsonNode? value) => (type, value?.GetValueKind()) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String)
            or ("number", JsonValueKind.Number) or ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => double.IsInteger(Number(value!)),
        _ => false,
    };

    private static bool IsExpression(string text)
    {
        try
        {
            return new Regex(text, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5)) is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static double Number(JsonNode value) =>
        double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);
}
