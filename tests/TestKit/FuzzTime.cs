using System.Globalization;

namespace ModelOps.TestKit;

/// <summary>How long tests with random input run: a moment, or as many minutes as <c>MODELOPS_FUZZ_MINUTES</c> says.</summary>
public static class FuzzTime
{
    /// <param name="moment">How long by default.</param>
    public static TimeSpan Of(TimeSpan moment) =>
        double.TryParse(
            Environment.GetEnvironmentVariable("MODELOPS_FUZZ_MINUTES"), NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes)
            ? TimeSpan.FromMinutes(minutes)
            : moment;
}
