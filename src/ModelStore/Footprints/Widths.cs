using ModelOps.ModelStore.Gguf;

namespace ModelOps.ModelStore.Footprints;

/// <summary>Numbers of a header that are multiplied with each other, bounded so that no file can make the products overflow.</summary>
internal static class Widths
{
    public const long Most = 1L << 24;

    public static long Width(this GgufFile file, string key, long otherwise = 0) =>
        Math.Clamp(file.Integer(key) ?? otherwise, 0, Most);
}
