using System.Globalization;
using System.Text;

namespace ModelOps.LoadGenerator.Measuring;

/// <summary>Medians of two servers over the number of streams, as a picture of its own.</summary>
internal static class Curve
{
    private const int Width = 640;
    private const int Height = 360;
    private const int Left = 60;
    private const int Bottom = 320;
    private const int Top = 24;
    private const int Right = 500;
    private const string Ours = "#1668b8";
    private const string Theirs = "#b4541a";

    private static readonly int[] s_round = [1, 2, 5, 10];

    /// <param name="counts">Numbers of streams, rising.</param>
    /// <param name="results">What was measured for each.</param>
    /// <param name="title">What stands above.</param>
    internal static string Svg(IReadOnlyList<int> counts, IReadOnlyList<Result> results, string title)
    {
        var ours = results.Select(result => result.Our).ToArray();
        var theirs = results.Select(result => result.Their).Where(value => !double.IsNaN(value)).ToArray();
        var step = Step(ours.Concat(theirs).Max());
        var most = step * Math.Ceiling(ours.Concat(theirs).Max() / step);
        var text = new StringBuilder();
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Add($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        Add($"<text x=\"{Left}\" y=\"16\">{title}</text>");
        for (var value = 0.0; value <= most; value += step)
        {
            Add($"<path d=\"M{Left} {Y(value):F1}H{Right}\" stroke=\"#ddd\"/>");
            Add($"<text x=\"{Left - 6}\" y=\"{Y(value) + 4:F1}\" text-anchor=\"end\">{value}</text>");
        }

        foreach (var count in counts)
            Add($"<text x=\"{X(count):F1}\" y=\"{Bottom + 16}\" text-anchor=\"middle\">{count}</text>");
        Add($"<text x=\"{(Left + Right) / 2}\" y=\"{Bottom + 34}\" text-anchor=\"middle\">streams</text>");
        Line("modelops", ours, Ours);
        if (theirs.Length == counts.Count)
            Line(results[0].Other, theirs, Theirs);
        return text.Append("</svg>\n").ToString();

        void Line(string name, double[] values, string color)
        {
            var points = counts.Zip(values, (count, value) => string.Create(CultureInfo.InvariantCulture, $"{X(count):F1},{Y(value):F1}"));
            Add($"<polyline fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" points=\"{string.Join(' ', points)}\"/>");
            foreach (var (count, value) in counts.Zip(values))
                Add($"<circle cx=\"{X(count):F1}\" cy=\"{Y(value):F1}\" r=\"3\" fill=\"{color}\"/>");
            Add($"<text x=\"{Right + 8}\" y=\"{Y(values[^1]) + 4:F1}\" fill=\"{color}\">{name}</text>");
        }

        double X(int count) => Left + ((Right - Left) * (double)(count - counts[0]) / (counts[^1] - counts[0]));
        double Y(double value) => Bottom - ((Bottom - Top) * value / most);
        void Add(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    /// <summary>A round distance of about five lines.</summary>
    private static double Step(double most)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(most / 5)));
        return s_round.Select(factor => factor * power).First(step => most / step <= 6);
    }
}
