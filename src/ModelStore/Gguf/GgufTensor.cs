using System.Collections.Immutable;

namespace ModelOps.ModelStore.Gguf;

/// <summary>One tensor of a file: where its data lies, never the data.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Elements per dimension, the fastest first.</param>
/// <param name="Type">How it is packed.</param>
/// <param name="Offset">Where its data begins, counted from the beginning of the data section.</param>
/// <param name="Size">Bytes of its data.</param>
public sealed record GgufTensor(string Name, ImmutableArray<long> Shape, GgufTensorType Type, long Offset, long Size)
{
    /// <summary>Elements in all.</summary>
    public long Elements
    {
        get
        {
            var elements = 1L;
            foreach (var dimension in Shape)
                elements = checked(elements * dimension);
            return elements;
        }
    }
}
