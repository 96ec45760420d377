using System.Collections.Immutable;
using System.Globalization;

namespace ModelOps.Reconciler.Times;

/// <summary>
/// The minutes that five fields name, as cron has them: minute, hour, day of the month, month, day of the week. Where both days are
/// limited, one of them is enough.
/// </summary>
public sealed class CronSchedule
{
    private static readonly ImmutableArray<Field> s_fields =
    [
        new("minute", 0, 59, []),
        new("hour", 0, 23, []),
        new("day of the month", 1, 31, []),
        new("month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]),
        new("day of the week", 0, 7, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    ];

    private readonly ulong[] _sets;
    private readonly bool _eitherDay;

    private CronSchedule(ulong[] sets, bool eitherDay) => (_sets, _eitherDay) = (sets, eitherDay);

    /// <summary>What is wrong with a text; null when it is a schedule.</summary>
    public static string? ProblemOf(string text) => Parse(text, out var problem) is null ? problem : null;

    /// <summary>Reads a schedule.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static CronSchedule Parse(string text) => Parse(text, out var problem) ?? throw new FormatException(problem);

    /// <summary>Whether a minute is named.</summary>
    /// <param name="minute">Time of the clock on the wall; seconds do not count.</param>
    public bool Names(DateTime minute)
    {
        var (inMonth, inWeek) = (Has(2, minute.Day), Has(4, (int)minute.DayOfWeek));
        return Has(0, minute.Minute) && Has(1, minute.Hour) && Has(3, minute.Month) && (_eitherDay ? inMonth || inWeek : inMonth && inWeek);
    }

    private static CronSchedule? Parse(string text, out string problem)
    {
        problem = "";
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != s_fields.Length)
        {
            problem = string.Create(CultureInfo.InvariantCulture, $"it has {parts.Length} fields, not {s_fields.Length}");
            return null;
        }

        var sets = new ulong[s_fields.Length];
        for (var index = 0; index < parts.Length; index++)
        {
            if (s_fields[index].Read(parts[index]) is not { } set)
            {
                problem = $"'{parts[index]}' is no {s_fields[index].Name}";
                return null;
            }

            sets[index] = set;
        }

        // Sunday is 0 and 7.
        sets[4] |= sets[4] >> 7;
        return new CronSchedule(sets, eitherDay: parts[2][0] != '*' && parts[4][0] != '*');
    }

    private bool Has(int field, int value) => (_sets[field] >> value & 1) != 0;

    private sealed record Field(string Name, int Least, int Most, ImmutableArray<string> Words)
    {
        /// <summary>The numbers that a list of ranges with steps names, as bits; null when it is none.</summary>
        internal ulong? Read(string text)
        {
            var set = 0UL;
            foreach (var part in text.Split(','))
            {
                var (range, step) = part.Split('/') switch
                {
                    [var all] => (all, 1),
                    [var some, var every] when int.TryParse(every, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                        && number is > 0 and < 60 => (some, number),
                    _ => ("", 0),
                };
                if (RangeOf(range, isOpen: part.Contains('/')) is not var (first, last))
                    return null;
                for (var value = first; value <= last; value += step)
                    set |= 1UL << value;
            }

            return set;
        }

        private (int First, int Last)? RangeOf(string text, bool isOpen)
        {
            if (text == "*")
                return (Least, Most);
            var ends = text.Split('-');
            if (ends.Length > 2 || ValueOf(ends[0]) is not { } first)
                return null;
            if (ends.Length == 1)
                return (first, isOpen ? Most : first);
            return ValueOf(ends[1]) is { } last && last >= first ? (first, last) : null;
        }

        private int? ValueOf(string text)
        {
            for (var index = 0; index < Words.Length; index++)
            {
                if (string.Equals(Words[index], text, StringComparison.OrdinalIgnoreCase))
                    return Least + index;
            }

            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= Least && value <= Most
                ? value
                : null;
        }
    }
}
