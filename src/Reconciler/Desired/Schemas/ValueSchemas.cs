using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.Reconciler.Desired.Yaml;
using ModelOps.Reconciler.Times;

namespace ModelOps.Reconciler.Desired.Schemas;

/// <summary>A list of equal things.</summary>
internal sealed record ListSchema(string Description, SchemaNode Item) : SchemaNode(Description)
{
    internal override void Check(YamlNode value, string path, SchemaCheck check)
    {
        if (value is not YamlNode.Sequence sequence)
        {
            check.WrongType(value, path, "a list");
            return;
        }

        for (var index = 0; index < sequence.Items.Length; index++)
            Item.Check(sequence.Items[index], $"{path}[{index.ToString(CultureInfo.InvariantCulture)}]", check);
    }

    private protected override void Write(JsonObject schema)
    {
        schema["type"] = "array";
        schema["items"] = Item.ToJson();
    }
}

/// <summary>Texts under keys that the user chooses.</summary>
internal sealed record LabelsSchema(string Description) : SchemaNode(Description)
{
    internal override void Check(YamlNode value, string path, SchemaCheck check)
    {
        if (value is not YamlNode.Mapping mapping)
            check.WrongType(value, path, "an object of texts");
        else if (mapping.Entries.FirstOrDefault(entry => entry.Value is not YamlNode.Scalar) is { } wrong)
            check.WrongType(wrong.Value, $"{path}.{wrong.Key.Value}", "a text");
    }

    private protected override void Write(JsonObject schema)
    {
        schema["type"] = "object";
        schema["additionalProperties"] = new JsonObject { ["type"] = "string" };
    }
}

/// <summary>Any text, with a check of its own when it has a form.</summary>
internal sealed record TextSchema(string Description, string Form = "a text") : SchemaNode(Description)
{
    /// <summary>Finds what is wrong with a text: a code, a sentence and a hint; null when nothing is.</summary>
    internal Func<string, (string Code, string Message, string? Hint)?>? Problem { get; init; }

    internal override void Check(YamlNode value, string path, SchemaCheck check)
    {
        if (value is not YamlNode.Scalar scalar)
            check.WrongType(value, path, Form);
        else if (Problem?.Invoke(scalar.Value) is { } problem)
            check.Error(problem.Code, value, problem.Message, problem.Hint);
    }

    private protected override void Write(JsonObject schema) => schema["type"] = "string";
}

/// <summary>One of a few words.</summary>
internal sealed record WordSchema(string Description, params ImmutableArray<string> Words) : SchemaNode(Description)
{
    internal override void Check(YamlNode value, string path, SchemaCheck check)
    {
        if (value is not YamlNode.Scalar scalar)
            check.WrongType(value, path, $"one of {string.Join(", ", Words)}");
        else if (!Words.Contains(scalar.Value, StringComparer.Ordinal))
        {
            check.Error(
                "DS1006", value, $"{path} must be one of {string.Join(", ", Words)}, not '{SchemaCheck.Short(scalar.Value)}'",
                NearestWord.Hint(scalar.Value, Words));
        }
    }

    private protected override void Write(JsonObject schema) => schema["enum"] = new JsonArray([.. Words.Select(word => (JsonNode)word)]);
}

/// <summary>A whole number in a range.</summary>
internal sealed record NumberSchema(string Description, int Minimum, int Maximum) : SchemaNode(Description)
{
    internal override void Check(YamlNode value, string path, SchemaCheck check)
    {
        if (value is not YamlNode.Scalar { IsPlain: true } scalar
            || !long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            check.WrongType(value, path, "a whole number");
        }
        else if (number < Minimum || number > Maximum)
            check.Error("DS1007", value, $"{path} must be from {Minimum} to {Maximum}, not {number}");
    }

    private protected override void Write(JsonObject schema)
    {
        schema["type"] = "integer";
        schema["minimum"] = Minimum;
        schema["maximum"] = Maximum;
    }
}

/// <summary><c>true</c> or <c>false</c>.</summary>
internal sealed record SwitchSchema(string Description) : SchemaNode(Description)
{
    internal override void Check(YamlNode value, string path, SchemaCheck check)
    {
        var text = (value as YamlNode.Scalar)?.Value;
        if (value is YamlNode.Scalar { IsPlain: true } && text is "true" or "false")
            return;
        var hint = text?.ToUpperInvariant() switch
        {
            "YES" or "ON" or "TRUE" => "write true, without quotes",
            "NO" or "OFF" or "FALSE" => "write false, without quotes",
            _ => null,
        };
        if (hint is null)
            check.WrongType(value, path, "true or false");
        else
            check.Error("DS1004", value, $"{path} must be true or false, not '{text}'", hint);
    }

    private protected override void Write(JsonObject schema) => schema["type"] = "boolean";
}

/// <summary>A duration with a unit.</summary>
internal sealed record DurationSchema(string Description, TimeSpan Minimum) : SchemaNode(Description)
{
    internal override void Check(YamlNode value, string path, SchemaCheck check)
    {
        if (value is not YamlNode.Scalar scalar)
            check.WrongType(value, path, "a duration such as 5m");
        else if (!Durations.TryParse(scalar.Value, out var duration))
        {
            check.Error(
                "DS1008", value, $"{path} must be a duration with a unit, not '{SchemaCheck.Short(scalar.Value)}'", HintFor(scalar.Value));
        }
        else if (duration < Minimum)
            check.Error("DS1007", value, $"{path} must be at least {Durations.Format(Minimum)}, not {scalar.Value}");
    }

    private protected override void Write(JsonObject schema)
    {
        schema["type"] = "string";
        schema["pattern"] = "^([0-9]+(\\.[0-9]+)?(ms|s|m|h|d))+$";
    }

    private static string HintFor(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number < 0
            ? "for a model that stays in memory write residency: { mode: always }"
            : $"write {text}s for seconds or {text}m for minutes"
            : "write a number and one of ms, s, m, h, d, such as 90s or 1h30m";
}

/// <summary>A count, or a share such as <c>20%</c>.</summary>
internal sealed record ShareSchema(string Description) : SchemaNode(Description)
{
    internal override void Check(YamlNode value, string path, SchemaCheck check)
    {
        if (value is not YamlNode.Scalar scalar || Share.Parse(scalar.Value) is null)
            check.WrongType(value, path, "a count or a share such as 20%");
    }

    private protected override void Write(JsonObject schema)
    {
        schema["type"] = new JsonArray("string", "integer");
        schema["pattern"] = "^[0-9]+%?$";
        schema["minimum"] = 0;
    }
}
