using System.Collections.Immutable;

namespace ModelOps.TestKit.Generated;

/// <summary>
/// Writes a GGUF with random weights and Pico's tokenizer: 2-dimensional tensors as Q8_0 where their rows allow it, everything else as F32.
/// The same shape and seed give the same bytes. It says nothing sensible, at the speed of a real model of its shape.
/// </summary>
public static class GeneratedModel
{
    private const int Alignment = 32;
    private const int BlockSize = 32;
    private const int BlockBytes = 34;

    /// <summary>Writes the file and returns its path.</summary>
    /// <param name="shape">What to make.</param>
    /// <param name="path">Where; overwritten.</param>
    /// <param name="seed">Chooses the weights.</param>
    public static string Write(ModelShape shape, string path, int seed = 1)
    {
        using var file = new BufferedStream(File.Create(path), 1 << 20);
        using var writer = new BinaryWriter(file);
        var tokenizer = TokenizerEntries.OfPico(shape.Vocabulary, [.. shape.Tokenizer.Select(entry => entry.Key)]);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)shape.Tensors.Length);
        writer.Write((ulong)(shape.Settings.Length + tokenizer.Count + shape.Tokenizer.Length + (shape.IsPacked ? 2 : 3)));
        GgufValue.WriteText(writer, "general.architecture", shape.Architecture);
        GgufValue.WriteText(writer, "general.name", $"Generated {shape.Architecture}");
        // Only what says that it is F32 may be packed.
        if (!shape.IsPacked)
            GgufValue.Write(writer, "general.file_type", 0u);
        foreach (var (key, value) in shape.Settings)
            GgufValue.Write(writer, $"{shape.Architecture}.{key}", value);
        foreach (var entry in tokenizer)
            writer.Write(entry);
        foreach (var (key, value) in shape.Tokenizer)
            GgufValue.Write(writer, $"tokenizer.ggml.{key}", value);
        WriteTable(writer, shape);

        var random = new Random(seed);
        foreach (var (name, dimensions) in shape.Tensors)
        {
            Pad(writer);
            if (IsQuantized(shape, dimensions))
                WriteQuantized(writer, Elements(dimensions), shape.Spread, random);
            else if (shape.Wanders && name == "output_norm.weight")
                WriteSigns(writer, Elements(dimensions), random);
            else
                WriteFloats(writer, name, Elements(dimensions), random);
        }

        return path;
    }

    private static void WriteTable(BinaryWriter writer, ModelShape shape)
    {
        var offset = 0L;
        foreach (var (name, dimensions) in shape.Tensors)
        {
            GgufValue.WriteText(writer, name);
            writer.Write((uint)dimensions.Length);
            foreach (var elements in dimensions)
                writer.Write((ulong)elements);
            writer.Write(IsQuantized(shape, dimensions) ? 8u : 0u);
            writer.Write((ulong)offset);
            var bytes = IsQuantized(shape, dimensions) ? Elements(dimensions) / BlockSize * BlockBytes : Elements(dimensions) * 4;
            offset += (bytes + Alignment - 1) / Alignment * Alignment;
        }
    }

    // The rows of these are used by operations that take no quantized tensors.
    private static bool IsQuantized(ModelShape shape, ImmutableArray<int> dimensions) =>
        shape.IsPacked && dimensions.Length == 2 && dimensions[0] % BlockSize == 0;

    private static long Elements(ImmutableArray<int> dimensions) => dimensions.Aggregate(1L, (product, elements) => product * elements);

    private static void Pad(BinaryWriter writer)
    {
        writer.Flush();
        while (writer.BaseStream.Position % Alignment != 0)
            writer.Write((byte)0);
    }

    private static void WriteQuantized(BinaryWriter writer, long elements, float spread, Random random)
    {
        // The standard deviation of uniform bytes is 73.
        var scale = BitConverter.HalfToUInt16Bits((Half)(spread / 73));
        var values = new byte[BlockSize * 1024];
        for (var block = 0L; block < elements / BlockSize; block++)
        {
            var place = (int)(block % 1024) * BlockSize;
            if (place == 0)
                random.NextBytes(values);
            writer.Write(scale);
            writer.Write(values, place, BlockSize);
        }
    }

    private static void WriteSigns(BinaryWriter writer, long elements, Random random)
    {
        for (var index = 0L; index < elements; index++)
            writer.Write(random.Next(2) == 0 ? 1f : -1f);
    }

    private static void WriteFloats(BinaryWriter writer, string name, long elements, Random random)
    {
        for (var index = 0L; index < elements; index++)
        {
            writer.Write(
                name.Contains("norm", StringComparison.Ordinal) || name.EndsWith("ssm_d", StringComparison.Ordinal) ? 1f
                : name.EndsWith("ssm_a", StringComparison.Ordinal) ? -1f - (float)random.NextDouble()
                : (float)((random.NextDouble() - 0.5) * 0.2));
        }
    }
}
