using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Writing;

/// <summary>JSON written by hand: no reflection, one form everywhere.</summary>
internal static class JsonBytes
{
    /// <summary>Text stays readable; what HTML would misread is of no concern in JSON replies.</summary>
    internal static JsonWriterOptions Options { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true, MaxDepth = JsonNesting.DeepestAround };

    /// <summary>Writes into a buffer of its own.</summary>
    internal static ReadOnlyMemory<byte> Of(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Options))
            write(writer);
        return buffer.WrittenMemory;
    }

    /// <summary>Writes a value and reads it as an element.</summary>
    internal static JsonElement Element(Action<Utf8JsonWriter> write)
    {
        var reader = new Utf8JsonReader(Of(write).Span, new JsonReaderOptions { MaxDepth = JsonNesting.DeepestAround });
        return JsonElement.ParseValue(ref reader);
    }

    /// <summary>Writes a member only when it has a text.</summary>
    internal static void WriteUnlessEmpty(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, string text)
    {
        if (text.Length > 0)
            writer.WriteString(name, text);
    }

    /// <summary>Writes a member only when it is not 0.</summary>
    internal static void WriteUnlessZero(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, long number)
    {
        if (number != 0)
            writer.WriteNumber(name, number);
    }
}
