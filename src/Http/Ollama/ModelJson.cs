using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Http.Writing;
using ModelOps.ModelStore.Showing;

namespace ModelOps.Http.Ollama;

/// <summary>Parts of the descriptions of models.</summary>
internal static class ModelJson
{
    /// <summary>The <c>details</c> object; the first six members are always there (3.7).</summary>
    internal static void WriteDetails(this Utf8JsonWriter json, ModelDetails details)
    {
        json.WriteStartObject("details"u8);
        json.WriteString("parent_model"u8, details.ParentModel);
        json.WriteString("format"u8, details.Format);
        json.WriteString("family"u8, details.Family);
        if (details.Families.IsDefault)
        {
            json.WriteNull("families"u8);
        }
        else
        {
            json.WriteStartArray("families"u8);
            foreach (var family in details.Families)
                json.WriteStringValue(family);
            json.WriteEndArray();
        }

        json.WriteString("parameter_size"u8, details.ParameterSize);
        json.WriteString("quantization_level"u8, details.QuantizationLevel);
        json.WriteUnlessZero("context_length"u8, details.ContextLength);
        json.WriteUnlessZero("embedding_length"u8, details.EmbeddingLength);
        json.WriteEndObject();
    }

    /// <summary>A list of texts, left out when empty.</summary>
    internal static void WriteTexts(this Utf8JsonWriter json, ReadOnlySpan<byte> name, ImmutableArray<string> texts)
    {
        if (texts.IsDefaultOrEmpty)
            return;
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
