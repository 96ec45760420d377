using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace ModelOps.ModelStore.Footprints;

/// <summary>
/// Which matrices the engine keeps a second time in main memory, rearranged for the processor's kernels; the file stays mapped beside them.
/// </summary>
/// <remarks>Rather too many than too few types are listed: a processor without a type's instructions takes less than was said.</remarks>
public sealed class Repacking
{
    private readonly FrozenDictionary<string, int> _rows;

    private Repacking(params (string Type, int Rows)[] types) =>
        _rows = types.ToFrozenDictionary(type => type.Type, type => type.Rows, StringComparer.Ordinal);

    /// <summary>Nothing is rearranged.</summary>
    public static Repacking None { get; } = new();

    /// <summary>Processors of the PC.</summary>
    public static Repacking X64 { get; } = new(("Q4_0", 8), ("Q4_K", 8), ("IQ4_NL", 8), ("MXFP4", 8), ("Q2_K", 8));

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
                copies += tensor.Size;
                continue;
            }

            (first, end) = (Math.Min(first, tensor.Offset), Math.Max(end, tensor.Offset + tensor.Size));
        }

        // A token table that is the output too is a table in the file and a matrix in the copy.
        var shared = geometry.SharedOutput is { } output && IsCopied(output) ? output.Size : 0;
        if (copies + shared == 0)
            return 0;

        // The mapping reaches from the first to the last tensor that is used where it lies.
        var mapped = end > first ? end - first : 0;
        return shared + (isMapped ? Math.Max(0, copies + mapped - geometry.WeightBytes) : 0);
    }

    private bool IsCopied(TensorSpan tensor) =>
        tensor.IsMultiplied && _rows.TryGetValue(tensor.Type, out var rows) && tensor.Rows % rows == 0;
}
