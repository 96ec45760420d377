using System.Globalization;

namespace ModelOps.Reconciler.Desired;

/// <summary>A part of a whole: a count or a percentage.</summary>
/// <param name="Number">The count, or 0 to 100.</param>
/// <param name="IsPercent">It is a percentage.</param>
public sealed record Share(int Number, bool IsPercent)
{
    /// <summary>Reads <c>3</c> or <c>20%</c>; null when it is neither.</summary>
    public static Share? Parse(string text)
    {
        var percent = text.EndsWith('%');
        return int.TryParse(percent ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && (!percent || number <= 100)
            ? new Share(number, percent)
            : null;
    }

    /// <summary>How many of <paramref name="whole"/> it allows. A percentage above zero always allows one.</summary>
    public int Of(int whole) => !IsPercent ? Number : Number == 0 ? 0 : Math.Max(1, (int)((long)whole * Number / 100));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}{(IsPercent ? "%" : "")}");
}
