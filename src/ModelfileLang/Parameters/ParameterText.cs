using System.Globalization;

namespace ModelOps.ModelfileLang.Parameters;

/// <summary>A parameter's text to its value, with exactly the spellings and errors of the reference.</summary>
public static class ParameterText
{
    /// <summary>Converts the texts given for one name. A list takes all of them, every other type the first.</summary>
    public static ParameterConversion Convert(string name, IReadOnlyList<string> values)
    {
        var first = values.Count > 0 ? values[0] : "";
        return ParameterCatalogue.Find(name)?.Type switch
        {
            null => new ParameterConversion(null, $"unknown parameter '{name}'"),
            ParameterType.Strings => new ParameterConversion(new ParameterValue.Strings([.. values]), null),
            ParameterType.Int => Wrap(Integer(first) is { } value ? new ParameterValue.Int(value) : null, "int", values),
            ParameterType.Float => Wrap(FloatText.Parse(first) is { } value ? new ParameterValue.Float(value) : null, "float", values),
            _ => Wrap(Boolean(first) is { } value ? new ParameterValue.Bool(value) : null, "bool", values),
        };
    }

    private static ParameterConversion Wrap(ParameterValue? value, string type, IReadOnlyList<string> values) =>
        new(value, value is null ? $"invalid {type} value [{string.Join(' ', values)}]" : null);

    private static long? Integer(string text)
    {
        var digits = text.AsSpan(text.StartsWith('+') || text.StartsWith('-') ? 1 : 0);
        if (digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9'))
            return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;
    }

    private static bool? Boolean(string text) => text switch
    {
        "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
        _ => null,
    };
}
