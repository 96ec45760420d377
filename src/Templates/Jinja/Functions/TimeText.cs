using System.Globalization;
using System.Text;
using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Functions;

/// <summary>C's <c>strftime</c> in the C locale.</summary>
internal static class TimeText
{
    public static string Format(RenderState state, DateTimeOffset time, string format)
    {
        var output = new StringBuilder();
        for (var index = 0; index < format.Length; index++)
        {
            if (format[index] != '%' || index + 1 == format.Length)
            {
                output.Append(format[index]);
                continue;
            }

            state.Budget.Items(32);
            var flag = format[index + 1] is '-' or '_' or '0' or '^' or '#' && index + 2 < format.Length ? format[++index] : '\0';
            var field = Field(state, time, format[++index]);
            output.Append(flag switch
            {
                '-' => field.TrimStart('0', ' ') is { Length: > 0 } bare ? bare : "0",
                '_' when field.StartsWith('0') => field.TrimStart('0').PadLeft(field.Length),
                '^' => field.ToUpperInvariant(),
                _ => field,
            });
        }

        state.Budget.Text(output.Length);
        return output.ToString();
    }

    private static string Field(RenderState state, DateTimeOffset time, char letter)
    {
        var pattern = letter switch
        {
            'Y' or 'G' => "yyyy",
            'm' => "MM",
            'd' => "dd",
            'H' => "HH",
            'I' => "hh",
            'M' => "mm",
            'S' => "ss",
            'y' => "yy",
            'B' => "MMMM",
            'b' or 'h' => "MMM",
            'A' => "dddd",
            'a' => "ddd",
            'p' => "tt",
            'f' => "ffffff",
            'F' => "yyyy-MM-dd",
            'T' or 'X' => "HH:mm:ss",
            'D' or 'x' => "MM/dd/yy",
            'R' => "HH:mm",
            'r' => "hh:mm:ss tt",
            _ => null,
        };
        if (letter == 'G')
            return ISOWeek.GetYear(time.DateTime).ToString("0000", CultureInfo.InvariantCulture);
        if (pattern is not null)
            return time.ToString(pattern, CultureInfo.InvariantCulture);
        var day = time.DayOfYear - 1;
        return letter switch
        {
            'j' => Two(day + 1, 3),
            'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'k' => time.Hour.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'l' => time.ToString("%h", CultureInfo.InvariantCulture).PadLeft(2),
            'w' => Two((int)time.DayOfWeek, 1),
            'u' => Two(time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek, 1),
            'U' => Two((day + 7 - (int)time.DayOfWeek) / 7, 2),
            'W' => Two((day + 7 - (((int)time.DayOfWeek + 6) % 7)) / 7, 2),
            'V' => Two(ISOWeek.GetWeekOfYear(time.DateTime), 2),
            'C' => Two(time.Year / 100, 2),
            's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            'c' => Format(state, time, "%a %b %e %H:%M:%S %Y"),
            'n' => "\n",
            't' => "\t",
            'z' or 'Z' => "",
            '%' => "%",
            _ => "%" + letter,
        };
    }

    private static string Two(int number, int digits) => number.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
}
