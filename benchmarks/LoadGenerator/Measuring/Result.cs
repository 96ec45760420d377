using System.Globalization;

namespace ModelOps.LoadGenerator.Measuring;

/// <summary>All samples of one figure.</summary>
/// <param name="Scenario">Where it was measured.</param>
/// <param name="Figure">What it is.</param>
/// <param name="Other">Name of the other side, or empty.</param>
/// <param name="Ours">Our samples, in order of the rounds.</param>
/// <param name="Others">The other's.</param>
internal sealed record Result(Scenario Scenario, Figure Figure, string Other, IReadOnlyList<double> Ours, IReadOnlyList<double> Others)
{
    private const double Sure = 0.975;

    internal double Our => Statistics.Median(Ours);

    internal double Their => Others.Count == 0 ? double.NaN : Statistics.Median(Others);

    /// <summary>The medians meet the bar.</summary>
    internal bool IsMet => Figure.Bar.IsMetBy(Our, Their);

    internal string Row()
    {
        var name = Figure.Name.Length == 0 ? Scenario.Description : $"{Scenario.Description}: {Figure.Name}";
        var cells = Other.Length == 0
            ? new[] { name, Number(Our), Figure.Unit, $"{Figure.Bar}", Verdict() }
            : [name, Number(Our), Number(Their), Figure.Unit, Comparison(), $"{Figure.Bar}", Verdict()];
        return $"| {string.Join(" | ", cells)} |";
    }

    internal string Samples()
    {
        var figure = Figure.Name.Length == 0 ? "" : $", {Figure.Name}";
        var others = Other.Length == 0 ? "" : $"; {Other} {string.Join(' ', Others.Select(Number))}";
        var unit = Figure.Unit.Length == 0 ? "" : $" ({Figure.Unit})";
        return $"- {Scenario.Name}{figure}{unit}: modelops {string.Join(' ', Ours.Select(Number))}{others}";
    }

    /// <summary>"yes" when nearly all resamples of the rounds meet the bar, "median" when the medians do.</summary>
    private string Verdict() =>
        Figure.Bar is Bar.None ? "–"
        : !IsMet ? "**no**"
        : Statistics.ShareThatMeets(Ours, Others, Figure.Bar) >= Sure ? "yes" : "median";

    private string Comparison()
    {
        var isDifference = Figure.Bar is Bar.MoreAtMost;
        double Compare(double ours, double theirs) => isDifference ? ours - theirs : theirs == 0 ? double.NaN : ours / theirs;
        var (low, high) = Statistics.Interval(Ours, Others, Compare);
        return $"{(isDifference ? "+" : "")}{Number(Compare(Our, Their))} ({Number(low)} to {Number(high)})";
    }

    private static string Number(double value) => double.IsNaN(value) ? "–" : value.ToString(
        Math.Abs(value) switch { 0 => "0", >= 1000 => "F0", >= 100 => "F1", >= 1 => "F2", _ => "F3" }, CultureInfo.InvariantCulture);
}
