using System.Globalization;

namespace ModelOps.Transfers;

/// <summary>One comparison: what it took us and what it took the others, by round, and the bar.</summary>
/// <param name="What">What was done.</param>
/// <param name="Ours">Our seconds.</param>
/// <param name="Against">What it is compared with.</param>
/// <param name="Theirs">Their seconds.</param>
/// <param name="Bar">The most that ours may be of theirs.</param>
internal sealed record Report(string What, IReadOnlyList<double> Ours, string Against, IReadOnlyList<double> Theirs, double Bar)
{
    private double Ratio => Median(Ours) / Median(Theirs);

    internal bool Holds => Ratio <= Bar;

    internal string ToText() => string.Create(
        CultureInfo.InvariantCulture,
        $"{What}: {Median(Ours):F2} s [{Samples(Ours)}] against {Against}: {Median(Theirs):F2} s [{Samples(Theirs)}], ratio "
            + $"{Ratio:F2}, bar {Bar:F2}: {(Holds ? "holds" : "MISSED")}");

    private static string Samples(IEnumerable<double> seconds) =>
        string.Join(' ', seconds.Select(one => one.ToString("F2", CultureInfo.InvariantCulture)));

    private static double Median(IReadOnlyList<double> seconds)
    {
        var sorted = seconds.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
