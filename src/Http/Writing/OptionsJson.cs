using System.Text.Json;

namespace ModelOps.Http.Writing;

/// <summary>Sampling settings of a compatible surface, written as the <c>options</c> of an inner request.</summary>
internal static class OptionsJson
{
    /// <summary>Writes a member only when it was given.</summary>
    internal static void WriteIfGiven(this Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
    }

    /// <summary>Writes the stop list only when it was given.</summary>
    internal static void WriteStops(this Utf8JsonWriter json, IEnumerable<string>? stops)
    {
        if (stops is null)
            return;
        json.WriteStartArray("stop"u8);
        foreach (var text in stops)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
