using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace ModelOps.ModelStore.Footprints;

/// <summary>
/// Which matrices the engine keeps a second time in main memory, rearranged for the processor's kernels; the file stays mapped beside them.
/// </summary>
/// <remarks>Rather too many than too few types are listed: a processor without a type's instructions takes less than was said.</remarks>
public sealed class Repacking
{
    private const int TileRows = 32;

    private readonly FrozenDictionary<string, Copy> _copies;

    private Repacking(params (string Type, int Rows)[] types)
        : this(types.Select(type => (type.Type, new Copy(type.Rows, 0, 1))))
    {
    }

    private Repacking(IEnumerable<(string Type, Copy Copy)> types) =>
        _copies = types.ToFrozenDictionary(type => type.Type, type => type.Copy, StringComparer.Ordinal);

    /// <summary>Nothing is rearranged.</summary>
    public static Repacking None { get; } = new();

    /// <summary>Processors of the PC.</summary>
    public static Repacking X64 { get; } = new(("Q4_0", 8), ("Q4_K", 8), ("IQ4_NL", 8), ("MXFP4", 8), ("Q2_K", 8));

    /// <summary>
    /// Processors of the PC with tiles (AMX), hosted with code that uses them: blocks of some types grow by what the tiles need beside
    /// them, as <c>get_tile_size</c> of ggml's AMX code says.
    /// </summary>
    public static Repacking Tiles { get; } = new(X64._copies.Select(copy => (copy.Key, copy.Value))
        .Where(copy => copy.Key is not ("Q4_0" or "Q4_K"))
        .Concat(
        [
            ("Q4_0", new Copy(TileRows, 0, 18)), ("Q4_1", new Copy(TileRows, 0, 20)), ("Q8_0", new Copy(TileRows, 4, 34)),
            ("Q4_K", new Copy(TileRows, 4, 144)), ("Q5_K", new Copy(TileRows, 4, 176)), ("Q6_K", new Copy(TileRows, 0, 210)),
            ("IQ4_XS", new Copy(TileRows, 2, 136)),
        ]));

    /// <summary>64-bit ARM.</summary>
    public static Repacking Arm64 { get; } =
        new(("Q4_0", 4), ("Q4_K", 8), ("Q5_K", 8), ("Q6_K", 8), ("IQ4_NL", 4), ("MXFP4", 4), ("Q8_0", 4), ("Q1_0", 4));

    /// <summary>The one of the machine that runs this.</summary>
    public static Repacking OfThisProcessor => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => X64,
        Architecture.Arm64 => Arm64,
        _ => None,
    };

    /// <summary>Bytes that weights in main memory take beyond those of their file.</summary>
    /// <param name="geometry">The model.</param>
    /// <param name="isMapped">Whether the file is mapped; else what is rearranged is not kept a second time.</param>
    internal long ExtraBytes(ModelGeometry geometry, bool isMapped)
    {
        var copies = 0L;
        var (first, end) = (long.MaxValue, 0L);
        foreach (var tensor in geometry.Tensors)
        {
            if (IsCopied(tensor))
            {
                copies += SizeOf(tensor);
                continue;
            }

            (first, end) = (Math.Min(first, tensor.Offset), Math.Max(end, tensor.Offset + tensor.Size));
        }

        // A token table that is the output too is a table in the file and a matrix in the copy.
        var shared = geometry.SharedOutput is { } output && IsCopied(output) ? SizeOf(output) : 0;
        if (copies + shared == 0)
            return 0;

        // The mapping reaches from the first to the last tensor that is used where it lies.
        var mapped = end > first ? end - first : 0;
        return shared + (isMapped ? Math.Max(0, copies + mapped - geometry.WeightBytes) : 0);
    }

    private bool IsCopied(TensorSpan tensor) =>
        tensor.IsMultiplied && _copies.TryGetValue(tensor.Type, out var copy) && tensor.Rows % copy.Rows == 0;

    private long SizeOf(TensorSpan tensor)
    {
        var copy = _copies[tensor.Type];
        return tensor.Size + (tensor.Size / copy.BlockBytes * copy.More);
    }

    /// <summary>How a type is copied.</summary>
    /// <param name="Rows">Only matrices are whose rows are a multiple of it.</param>
    /// <param name="More">Bytes by which each block grows.</param>
    /// <param name="BlockBytes">Bytes of a block in the file.</param>
    private sealed record Copy(int Rows, int More, int BlockBytes);
}
