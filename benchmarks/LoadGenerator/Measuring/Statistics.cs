namespace ModelOps.LoadGenerator.Measuring;

/// <summary>Medians, percentiles and how sure they are.</summary>
internal static class Statistics
{
    private const int Resamples = 2000;

    internal static double Median(IEnumerable<double> values) => Percentile(values, 50);

    /// <summary>With interpolation between neighbours.</summary>
    internal static double Percentile(IEnumerable<double> values, double percent)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0)
            return double.NaN;
        var place = percent / 100 * (sorted.Length - 1);
        var (low, high) = ((int)Math.Floor(place), (int)Math.Ceiling(place));
        return sorted[low] + ((sorted[high] - sorted[low]) * (place - low));
    }

    /// <summary>
    /// The interval that holds a figure of both medians in 95 % of all resamples of the rounds (bootstrap, always the same draws).
    /// </summary>
    internal static (double Low, double High) Interval(
        IReadOnlyList<double> ours, IReadOnlyList<double> others, Func<double, double, double> figure)
    {
        var random = new Random(1);
        var all = Enumerable.Range(0, Resamples).Select(_ =>
        {
            var drawn = Enumerable.Range(0, ours.Count).Select(_ => random.Next(ours.Count)).ToArray();
            return figure(
                Median(drawn.Select(index => ours[index])), others.Count == 0 ? double.NaN : Median(drawn.Select(index => others[index])));
        }).ToArray();
        return (Percentile(all, 2.5), Percentile(all, 97.5));
    }

    /// <summary>Of all resamples of the rounds, the share that meets a bar.</summary>
    internal static double ShareThatMeets(IReadOnlyList<double> ours, IReadOnlyList<double> others, Bar bar)
    {
        var random = new Random(1);
        return Enumerable.Range(0, Resamples).Count(_ =>
        {
            var drawn = Enumerable.Range(0, ours.Count).Select(_ => random.Next(ours.Count)).ToArray();
            return bar.IsMetBy(
                Median(drawn.Select(index => ours[index])), others.Count == 0 ? double.NaN : Median(drawn.Select(index => others[index])));
        }) / (double)Resamples;
    }
}
