using System.Globalization;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Gguf;

namespace ModelOps.ModelStore.Showing;

/// <summary>Metadata of a GGUF file as <c>model_info</c> prints it.</summary>
public static class ModelInfo
{
    private static readonly string[] Hidden = ["general.name", "tokenizer.chat_template"];

    /// <summary>All keys in order; arrays, a vocabulary among them, are null unless asked for, however short.</summary>
    public static JsonObject Of(GgufFile file, bool verbose)
    {
        var info = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var entry in file.Metadata.Where(entry => !Hidden.Contains(entry.Key)))
            info[entry.Key] = Value(file, entry, verbose);
        info["general.parameter_count"] = file.Tensors.Sum(tensor => tensor.Elements);
        return new JsonObject(info);
    }

    private static JsonNode? Value(GgufFile file, GgufEntry entry, bool verbose) => entry.Type switch
    {
        GgufValueType.Text => GgufValues.Text(file, entry),
        GgufValueType.Array => verbose ? List(file, entry) : null,
        _ => Scalar(entry.Type, entry.Bits),
    };

    private static JsonArray List(GgufFile file, GgufEntry entry)
    {
        var list = new JsonArray();
        GgufValues.ForEach(
            file, entry, (type, bits, text) => list.Add((JsonNode?)(text is null ? Scalar(type, bits) : JsonValue.Create(text))));
        return list;
    }

    private static JsonValue? Scalar(GgufValueType type, ulong bits) => type switch
    {
        GgufValueType.Boolean => JsonValue.Create(bits != 0),
        GgufValueType.UInt64 => JsonValue.Create(bits),
        GgufValueType.Float32 => Real(BitConverter.UInt32BitsToSingle((uint)bits)),
        GgufValueType.Float64 => BitConverter.UInt64BitsToDouble(bits) is var real && double.IsFinite(real) ? JsonValue.Create(real) : null,
        _ => GgufEntry.ToInteger(type, bits) is { } number ? JsonValue.Create(number) : null,
    };

    // With the digits of a 32-bit number: 1e-05 and not 9.999999747378752e-06.
    private static JsonValue? Real(float value) => float.IsFinite(value)
        ? JsonValue.Create(double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))
        : null;
}
