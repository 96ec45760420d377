using System.Globalization;

namespace ModelOps.Runtime.Tests.Prompting.Parsing;

/// <summary>How long tests with random input run: a moment, or as many minutes as <c>MODELOPS_FUZZ_MINUTES</c> says.</summary>
internal static class FuzzTime
{
    internal static TimeSpan Of(TimeSpan moment) =>
        double.TryParse(Environment.GetEnvironmentVariable("MODELOPS_FUZZ_MINUTES"), NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes)
            ? TimeSpan.FromMinutes(minutes)
            : moment;
}
