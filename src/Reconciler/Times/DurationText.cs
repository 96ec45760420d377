using System.Buffers;
using System.Globalization;

namespace ModelOps.Reconciler.Times;

/// <summary>What a text of numbers with units says as a duration. A closed set.</summary>
public abstract record DurationText
{
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789.");

    /// <summary>A duration.</summary>
    /// <param name="Nanoseconds">May be more than a <see cref="TimeSpan"/> holds.</param>
    public sealed record Known(double Nanoseconds) : DurationText;

    /// <summary>A number has no unit behind it.</summary>
    public sealed record NoUnit : DurationText;

    /// <summary>The unit is unknown.</summary>
    public sealed record UnknownUnit(string Unit) : DurationText;

    /// <summary>It is not a duration for another reason.</summary>
    public sealed record Invalid : DurationText;

    /// <summary>Reads numbers with units, one after the other.</summary>
    /// <param name="text">Such as <c>1h30m</c>.</param>
    /// <param name="units">The units, with their nanoseconds.</param>
    internal static DurationText Read(ReadOnlySpan<char> text, IReadOnlyDictionary<string, double> units)
    {
        if (text.IsEmpty)
            return new Invalid();
        var total = 0.0;
        while (!text.IsEmpty)
        {
            var number = text[..LengthOf(text.IndexOfAnyExcept(s_digits), text)];
            if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count))
                return new Invalid();
            text = text[number.Length..];
            var unit = text[..LengthOf(text.IndexOfAny(s_digits), text)].ToString();
            if (unit.Length == 0)
                return new NoUnit();
            if (!units.TryGetValue(unit, out var nanoseconds))
                return new UnknownUnit(unit);
            total += count * nanoseconds;
            text = text[unit.Length..];
        }

        return new Known(total);
    }

    /// <summary>The duration, when it has at most this many seconds in either direction.</summary>
    internal bool TryGet(double mostSeconds, out TimeSpan duration)
    {
        duration = default;
        if (this is not Known { Nanoseconds: var nanoseconds } || !(Math.Abs(nanoseconds) <= mostSeconds * 1e9))
            return false;
        duration = TimeSpan.FromSeconds(nanoseconds / 1e9);
        return true;
    }

    private static int LengthOf(int index, ReadOnlySpan<char> text) => index < 0 ? text.Length : index;
}
