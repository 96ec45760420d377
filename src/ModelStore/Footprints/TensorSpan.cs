namespace ModelOps.ModelStore.Footprints;

/// <summary>Where a tensor lies in its file, and what the engine does with it.</summary>
/// <param name="Type">How it is packed.</param>
/// <param name="Offset">Where its data begins.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Rows">Size of its second dimension.</param>
/// <param name="IsMultiplied">Whether it is the matrix of a product, and no table or filter.</param>
public readonly record struct TensorSpan(string Type, long Offset, long Size, long Rows, bool IsMultiplied);
