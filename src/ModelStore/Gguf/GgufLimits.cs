namespace ModelOps.ModelStore.Gguf;

/// <summary>Bounds of what a header may claim. Real files stay far below; together they keep a reader under 64 MB.</summary>
internal static class GgufLimits
{
    public const long Entries = 65_536;
    public const long KeyBytes = 65_535;
    public const long AllKeyBytes = 4L << 20;
    public const long TextBytes = 16L << 20;
    public const long ArrayElements = 64L << 20;
    public const int ArrayDepth = 4;
    public const long Tensors = 65_536;
    public const long TensorNameBytes = 127;
    public const int Dimensions = 4;
    public const long Alignment = 1L << 20;
}
