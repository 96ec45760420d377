using System.Globalization;

namespace ModelOps.Cli.Hosting;

/// <summary>Amounts of bytes as people write them: <c>64MiB</c>, <c>1.5GB</c>, <c>8000000</c>.</summary>
internal static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000),
        ("B", 1), ("", 1),
    ];

    /// <summary>Reads an amount; false when the text is not one, or more than a number of bytes can be.</summary>
    internal static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        foreach (var (unit, size) in Units)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)
                || !double.TryParse(
                    text[..^unit.Length].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                continue;
            }

            bytes = (long)Math.Min(number * size, long.MaxValue);
            return number * size < long.MaxValue;
        }

        return false;
    }
}
