using System.Collections.Immutable;
using ModelOps.ModelStore.Native;

namespace ModelOps.ModelStore.Gguf;

/// <summary>
/// One layer of a model as a model of its own: the first block, its share of the vocabulary, and no numbers in its matrices. The engine
/// takes as long to compute it as to compute any layer, and its file takes no room on the disk.
/// </summary>
public static class GgufLayer
{
    private const string BlockCount = "block_count";
    private const string VocabularySize = "vocab_size";
    private const string Tokenizer = "tokenizer.ggml.model";

    /// <summary>The share of the vocabulary is a multiple of it, and at least that: matrices are computed in blocks of rows.</summary>
    private const long Rows = 256;

    /// <summary>Its tensors: names and types as in the file, shapes cut to it. Empty when the file does not tell its layers.</summary>
    public static ImmutableArray<GgufTensor> Tensors(GgufFile file)
    {
        if (file.Integer(BlockCount) is not { } layers || layers <= 0 || VocabularyOf(file) is not { } words)
            return [];

        var share = Math.Min(words, Math.Max(Rows, words / layers / Rows * Rows));
        return [.. file.Tensors.Where(tensor => BlockOf(tensor.Name) is null or 0).Select(tensor => Cut(tensor, words, share))];
    }

    /// <summary>Writes it; what was there is replaced.</summary>
    /// <param name="file">The model.</param>
    /// <param name="path">Of the new file.</param>
    /// <returns>Bytes of its tensors.</returns>
    /// <exception cref="StoreException">Invalid: the file does not tell its layers. Unreadable.</exception>
    /// <exception cref="IOException">The new file cannot be written.</exception>
    public static long Write(GgufFile file, string path)
    {
        var tensors = Tensors(file);
        if (tensors.IsEmpty)
            throw StoreException.Invalid($"{Path.GetFileName(file.Path)} does not tell its layers", file.Path);

        using var source = RegularFile.OpenRead(file.Path);
        using var target = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        var writer = new GgufWriter(target, file.Version, file.IsBigEndian);
        var layers = file.Integer(BlockCount)!.Value;
        var kept = file.Metadata.Where(entry => !IsReplaced(file, entry.Key)).ToArray();
        writer.Header(tensors.Length, kept.Length + 3);
        foreach (var entry in kept)
            writer.Entry(source, Cut(file, entry, layers), CancellationToken.None);

        Number(writer, $"{file.Architecture}.{BlockCount}", 1);
        Number(writer, $"{file.Architecture}.{VocabularySize}", tensors.First(tensor => IsWords(tensor.Name)).Shape[^1]);
        writer.Text(Tokenizer);
        writer.UInt32((uint)GgufValueType.Text);
        writer.Text("none");

        var offset = 0L;
        foreach (var tensor in tensors)
        {
            writer.Tensor(tensor, offset);
            offset += (tensor.Size + file.Alignment - 1) / file.Alignment * file.Alignment;
        }

        writer.PadTo(file.Alignment);
        target.SetLength(writer.Written + offset);
        return offset;
    }

    private static GgufTensor Cut(GgufTensor tensor, long words, long share)
    {
        // Matrices over the vocabulary have its words as rows, and a bias has one number for each.
        if (BlockOf(tensor.Name) is not null || tensor.Shape[^1] != words)
            return tensor;

        var shape = tensor.Shape.SetItem(tensor.Shape.Length - 1, share);
        return tensor with { Shape = shape, Size = tensor.Size / words * share };
    }

    private static long? VocabularyOf(GgufFile file) => file.Tensors.FirstOrDefault(tensor => IsWords(tensor.Name))?.Shape[^1];

    private static bool IsWords(string tensor) => tensor == "token_embd.weight";

    /// <summary>Number of the block that a tensor belongs to; null for those of the whole model.</summary>
    private static int? BlockOf(string tensor)
    {
        const string Block = "blk.";
        var at = tensor.IndexOf(Block, StringComparison.Ordinal);
        if (at < 0)
            return null;
        var number = tensor.AsSpan(at + Block.Length);
        var end = number.IndexOf('.');
        return end > 0 && int.TryParse(number[..end], out var block) ? block : null;
    }

    private static bool IsReplaced(GgufFile file, string key) =>
        key.StartsWith("tokenizer.", StringComparison.Ordinal) || key.StartsWith("split.", StringComparison.Ordinal)
        || key == $"{file.Architecture}.{BlockCount}" || key == $"{file.Architecture}.{VocabularySize}";

    private static void Number(GgufWriter writer, string key, long value)
    {
        writer.Text(key);
        writer.UInt32((uint)GgufValueType.UInt32);
        writer.UInt32(checked((uint)value));
    }

    /// <summary>An array with an element for each layer keeps the first one's.</summary>
    private static GgufEntry Cut(GgufFile file, GgufEntry entry, long layers) =>
        entry.Type == GgufValueType.Array && entry.Count == layers && entry.ElementType.FixedSize() is > 0 and var size
            && entry.Key.StartsWith(file.Architecture, StringComparison.Ordinal)
                ? entry with { Count = 1, Length = size }
                : entry;
}
