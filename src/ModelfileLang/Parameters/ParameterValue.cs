using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace ModelOps.ModelfileLang.Parameters;

/// <summary>A typed value of a parameter.</summary>
public abstract record ParameterValue
{
    /// <summary>An integer.</summary>
    public sealed record Int(long Value) : ParameterValue;

    /// <summary>A number; may be infinite or not a number.</summary>
    public sealed record Float(float Value) : ParameterValue;

    /// <summary>True or false.</summary>
    public sealed record Bool(bool Value) : ParameterValue;

    /// <summary>A list of texts.</summary>
    public sealed record Strings(ImmutableArray<string> Values) : ParameterValue;

    /// <summary>As a number, if it is one.</summary>
    public double? Number => this switch
    {
        Int integer => integer.Value,
        Float number => number.Value,
        _ => null,
    };

    /// <summary>The value as JSON; floats in their shortest 32-bit form. Infinity and NaN have none (null).</summary>
    /// <remarks>Numbers can be read back as any number type.</remarks>
    public JsonNode? ToJson() => this switch
    {
        Int integer => JsonNode.Parse(integer.Value.ToString(CultureInfo.InvariantCulture)),
        Float number when float.IsFinite(number.Value) => JsonNode.Parse(number.Value.ToString("R", CultureInfo.InvariantCulture)),
        Bool boolean => JsonValue.Create(boolean.Value),
        Strings strings => new JsonArray([.. strings.Values.Select(text => (JsonNode?)JsonValue.Create(text))]),
        _ => null,
    };
}
