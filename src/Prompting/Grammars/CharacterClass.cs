namespace ModelOps.Prompting.Grammars;

/// <summary>A set of characters: ranges of code points, or all but those.</summary>
/// <param name="isNegated">All but the ranges.</param>
/// <param name="ranges">From and to, both inside.</param>
internal sealed class CharacterClass(bool isNegated, (int From, int To)[] ranges)
{
    /// <summary>Every character.</summary>
    internal static CharacterClass Any { get; } = new(isNegated: true, []);

    /// <summary>A character is in it.</summary>
    internal bool Has(int character)
    {
        foreach (var (from, to) in ranges)
        {
            if (character >= from && character <= to)
                return !isNegated;
        }

        return isNegated;
    }

    /// <summary>Any character of a range is in it.</summary>
    internal bool HasAny(int first, int last)
    {
        if (!isNegated)
            return Array.Exists(ranges, range => range.From <= last && range.To >= first);
        while (first <= last)
        {
            var at = Array.FindIndex(ranges, range => range.From <= first && range.To >= first);
            if (at < 0)
                return true;
            first = ranges[at].To + 1;
        }

        return false;
    }
}
