using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Settings;

/// <summary>An object that is passed on as JSON, or a switch in its place.</summary>
/// <param name="Form">The kind in a few words.</param>
/// <param name="Problem">What is wrong with a value; null when nothing is.</param>
internal sealed record JsonKind(string Form, Func<JsonNode?, SettingProblem?> Problem) : ValueKind<string>
{
    /// <inheritdoc/>
    public override string Words => Form;

    /// <inheritdoc/>
    public override string Show(string value) => value;

    internal override JsonNode ToJson(string value)
    {
        try
        {
            return JsonNode.Parse(value) ?? value;
        }
        catch (JsonException)
        {
            // What is no JSON stays a text.
            return value;
        }
    }

    internal override bool TryRead(YamlNode value, out string read)
    {
        read = Json(value)?.ToJsonString() ?? "null";
        return true;
    }

    internal override void Check(YamlNode value, string path, SettingCheck check)
    {
        if (value is not (YamlNode.Mapping or YamlNode.Scalar { IsPlain: true, Value: "true" or "false" }))
            check.WrongType(value, path, Words);
        else if (Problem(Json(value)) is { } problem)
            check.Error(problem.Code, value, $"{path}: {problem.Message}", problem.Hint);
    }

    internal override void Describe(JsonObject schema) => schema["type"] = new JsonArray("object", "boolean");

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlNode.Mapping mapping => new JsonObject(
            mapping.Entries.DistinctBy(entry => entry.Key.Value).Select(entry => KeyValuePair.Create(entry.Key.Value, Json(entry.Value)))),
        YamlNode.Sequence sequence => new JsonArray([.. sequence.Items.Select(Json)]),
        YamlNode.Scalar { IsNull: true } => null,
        YamlNode.Scalar { IsPlain: true } scalar => Plain(scalar.Value),
        YamlNode.Scalar scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    private static JsonNode Plain(string text) => text switch
    {
        "true" => JsonValue.Create(true),
        "false" => JsonValue.Create(false),
        _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            => JsonValue.Create(number),
        _ => JsonValue.Create(text),
    };
}
