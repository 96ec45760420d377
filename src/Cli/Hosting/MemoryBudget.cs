using System.Globalization;

namespace ModelOps.Cli.Hosting;

/// <summary>How many bytes engines may hold: <c>12GiB</c>, <c>8000000000</c>, or a share of the memory such as <c>80%</c>.</summary>
internal static class MemoryBudget
{
    /// <summary>Share of the machine's (or the container's) memory that is used by default.</summary>
    private const double DefaultShare = 0.9;

    /// <summary>Reads the option's text.</summary>
    /// <exception cref="CliException">It is not a size.</exception>
    internal static long Parse(string? text)
    {
        var total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (string.IsNullOrWhiteSpace(text))
            return (long)(total * DefaultShare);
        if (text.EndsWith('%')
            && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
            && share is > 0 and <= 100)
        {
            return (long)(total * share / 100);
        }

        if (ByteSize.TryParse(text, out var bytes) && bytes > 0)
            return bytes;
        throw new CliException(ExitCode.Usage, $"'{text}' is no amount of memory; write 12GiB, 8GB or 80%");
    }
}
