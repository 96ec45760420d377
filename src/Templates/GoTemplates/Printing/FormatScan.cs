namespace ModelOps.Templates.GoTemplates.Printing;

/// <summary>Numbers inside a format text.</summary>
internal static class FormatScan
{
    private const int LargestNumber = 1_000_000;

    internal static bool IsTooLarge(long number) => number is > LargestNumber or < -LargestNumber;

    /// <summary>A run of digits; null when there is none or it is far too large, and then <paramref name="index"/> is at the end.</summary>
    internal static int? Number(string format, ref int index, int end)
    {
        var number = 0;
        var first = index;
        for (; index < end && char.IsAsciiDigit(format[index]); index++)
        {
            if (IsTooLarge(number))
            {
                index = end;
                return null;
            }

            number = (number * 10) + (format[index] - '0');
        }

        return index > first ? number : null;
    }

    /// <summary>An index in brackets.</summary>
    /// <returns>The index from 0 (null when it is not an index), and the length of what was read.</returns>
    internal static (int? Index, int Length) ArgumentIndex(ReadOnlySpan<char> format)
    {
        var close = format.IndexOf(']');
        if (format.Length < 3 || close < 1)
            return (null, 1);
        var text = format[..close].ToString();
        var index = 1;
        var number = Number(text, ref index, close);
        return (number is { } value && index == close && char.IsAsciiDigit(text[close - 1]) ? value - 1 : null, close + 1);
    }
}
