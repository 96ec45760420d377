using System.Globalization;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Cli.Hosting;

/// <summary>How many bytes engines may hold: <c>12GiB</c>, <c>8000000000</c>, or a share of the memory such as <c>80%</c>.</summary>
internal static class MemoryBudget
{
    /// <summary>Share that is used by default of the machine's memory, or of what its control group allows.</summary>
    private const double DefaultShare = 0.9;

    /// <summary>What the configuration file may say.</summary>
    internal static TextKind<string> Kind { get; } = new("an amount of memory such as 12GiB or 80%")
    {
        Parse = text => TryParse(text, out _) ? text : null,
        Write = text => text,
        AlsoNumber = true,
    };

    /// <summary>Reads the option's text.</summary>
    /// <exception cref="CliException">It is not a size.</exception>
    internal static long Parse(string? text) =>
        string.IsNullOrWhiteSpace(text) ? (long)(MachineMemory.Current.Bytes * DefaultShare)
        : TryParse(text, out var bytes) ? bytes
        : throw new CliException(ExitCode.Usage, $"'{text}' is no amount of memory; write 12GiB, 8GB or 80%");

    private static bool TryParse(string text, out long bytes)
    {
        if (text.EndsWith('%')
            && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share)
            && share is > 0 and <= 100)
        {
            bytes = (long)(MachineMemory.Current.Bytes * share / 100);
            return true;
        }

        return ByteSize.TryParse(text, out bytes) && bytes > 0;
    }
}
