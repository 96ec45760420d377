using System.Globalization;

namespace ModelOps.LoadGenerator.Measuring;

/// <summary>What a figure must reach.</summary>
internal abstract record Bar
{
    /// <summary>Ours over the other's is at least this.</summary>
    internal sealed record RatioAtLeast(double Limit) : Bar
    {
        internal override bool IsMetBy(double ours, double other) => ours >= Limit * other;

        public override string ToString() => Text("≥", Limit);
    }

    /// <summary>Ours over the other's is at most this.</summary>
    internal sealed record RatioAtMost(double Limit) : Bar
    {
        internal override bool IsMetBy(double ours, double other) => ours <= Limit * other;

        public override string ToString() => Text("≤", Limit);
    }

    /// <summary>Ours is at most this, whatever the other's is.</summary>
    internal sealed record AtMost(double Limit, string Unit) : Bar
    {
        internal override bool IsMetBy(double ours, double other) => ours <= Limit;

        public override string ToString() => $"{Text("≤", Limit)} {Unit}".TrimEnd();
    }

    /// <summary>Ours is at most so much more than the other's.</summary>
    internal sealed record MoreAtMost(double Limit, string Unit) : Bar
    {
        internal override bool IsMetBy(double ours, double other) => ours - other <= Limit;

        public override string ToString() => $"{Text("+", Limit)} {Unit}";
    }

    /// <summary>Told for information.</summary>
    internal sealed record None : Bar
    {
        internal override bool IsMetBy(double ours, double other) => true;

        public override string ToString() => "–";
    }

    internal abstract bool IsMetBy(double ours, double other);

    private static string Text(string sign, double limit) => string.Create(CultureInfo.InvariantCulture, $"{sign} {limit}");
}
