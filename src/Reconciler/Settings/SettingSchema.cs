using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOps.Reconciler.Settings;

/// <summary>The JSON Schema 2020-12 of a file, for editors and pipelines.</summary>
public static class SettingSchema
{
    /// <summary>Writes the schema, indented, with a line end at its end.</summary>
    /// <param name="title">Name of the file's format.</param>
    /// <param name="table">Its settings.</param>
    public static string Write<T>(string title, SettingTable<T> table)
        where T : notnull
    {
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = title,
            ["description"] = table.Groups[0].Text,
        };
        table.Object.Describe(schema);
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var writer = new Utf8JsonWriter(stream, options))
            schema.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
