namespace ModelOps.TestKit.Generated;

/// <summary>Writes a LoRA adapter with random weights for the queries of a model. The same arguments give the same bytes.</summary>
public static class GeneratedAdapter
{
    private const int Alignment = 32;
    private const int Rank = 4;

    /// <summary>Writes the file and returns its path.</summary>
    /// <param name="path">Where; overwritten.</param>
    /// <param name="width">Width of the model, which must have as many queries.</param>
    /// <param name="layers">Layers of the model.</param>
    /// <param name="strength">Largest value of a weight.</param>
    /// <param name="seed">Chooses the weights.</param>
    /// <param name="architecture">Architecture of the model.</param>
    public static string Write(string path, int width, int layers, float strength = 1f, int seed = 1, string architecture = "llama")
    {
        using var writer = new BinaryWriter(new BufferedStream(File.Create(path)));
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write(2ul * (ulong)layers);
        writer.Write(4ul);
        GgufValue.WriteText(writer, "general.architecture", architecture);
        GgufValue.WriteText(writer, "general.type", "adapter");
        GgufValue.WriteText(writer, "adapter.type", "lora");
        GgufValue.Write(writer, "adapter.lora.alpha", (float)Rank);
        var bytes = (ulong)(width * Rank * sizeof(float));
        for (var layer = 0; layer < layers; layer++)
        {
            WriteEntry(writer, $"blk.{layer}.attn_q.weight.lora_a", width, Rank, 2 * (ulong)layer * bytes);
            WriteEntry(writer, $"blk.{layer}.attn_q.weight.lora_b", Rank, width, ((2 * (ulong)layer) + 1) * bytes);
        }

        writer.Flush();
        while (writer.BaseStream.Position % Alignment != 0)
            writer.Write((byte)0);
        var random = new Random(seed);
        for (var weight = 0; weight < 2 * layers * width * Rank; weight++)
            writer.Write((float)((random.NextDouble() - 0.5) * 2 * strength));
        return path;
    }

    private static void WriteEntry(BinaryWriter writer, string name, int inner, int outer, ulong offset)
    {
        GgufValue.WriteText(writer, name);
        writer.Write(2u);
        writer.Write((ulong)inner);
        writer.Write((ulong)outer);
        writer.Write(0u);
        writer.Write(offset);
    }
}
