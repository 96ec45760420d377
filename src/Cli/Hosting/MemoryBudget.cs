using System.Globalization;

namespace ModelOps.Cli.Hosting;

/// <summary>How many bytes engines may hold: <c>12GiB</c>, <c>8000000000</c>, or a share of the memory such as <c>80%</c>.</summary>
internal static class MemoryBudget
{
    private static readonly (string Unit, long Bytes)[] Units =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1), ("", 1)];

    /// <summary>Share of the machine's (or the container's) memory that is used when nothing is said.</summary>
    private const double DefaultShare = 0.9;

    /// <summary>Reads the option's text.</summary>
    /// <exception cref="CliException">It is no size.</exception>
    internal static long Parse(string? text)
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (string.IsNullOrWhiteSpace(text))
            return (long)(total * DefaultShare);
        if (text.EndsWith('%') && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is > 0 and <= 100)
            return (long)(total * share / 100);
        foreach (var (unit, bytes) in Units)
        {
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)
                && double.TryParse(text[..^unit.Length].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0)
            {
                return (long)(number * bytes);
            }
        }

        throw new CliException(ExitCode.Usage, $"'{text}' is no amount of memory; write 12GiB, 8GB or 80%");
    }
}
