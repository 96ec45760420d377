using System.Globalization;

namespace ModelOps.Cli.Output;

/// <summary>Numbers as people read them; forms of spec/modelfile-and-store.md 8.2.</summary>
internal static class HumanText
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>Decimal units; one decimal below ten unless whole, truncated integers from ten on.</summary>
    internal static string Bytes(long bytes)
    {
        double value = bytes;
        var unit = 0;
        while (value >= 1000 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        if (unit == 0)
            return $"{bytes} B";
        var text = value >= 10 || value == Math.Floor(value)
            ? Math.Floor(value).ToString(CultureInfo.InvariantCulture)
            : value.ToString("0.0", CultureInfo.InvariantCulture);
        return $"{text} {Units[unit]}";
    }

    /// <summary>A span in its largest sensible unit, without a direction.</summary>
    internal static string Duration(TimeSpan span) => span.TotalSeconds switch
    {
        < 1 => "Less than a second",
        < 2 => "1 second",
        < 60 => $"{(int)span.TotalSeconds} seconds",
        _ => span.TotalMinutes switch
        {
            < 2 => "About a minute",
            < 60 => $"{(int)span.TotalMinutes} minutes",
            _ => span.TotalHours switch
            {
                < 2 => "About an hour",
                < 48 => $"{(int)span.TotalHours} hours",
                _ => LongDuration(span),
            },
        },
    };

    /// <summary>How long ago, or how far ahead.</summary>
    internal static string Age(DateTimeOffset then, DateTimeOffset now)
    {
        if (then == default)
            return "Never";
        return then > now ? Duration(then - now) + " from now" : Duration(now - then) + " ago";
    }

    /// <summary>A short exact span such as <c>1m5s</c>, <c>850ms</c>.</summary>
    internal static string Short(TimeSpan span) => span.TotalSeconds switch
    {
        < 1 => $"{span.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture)}ms",
        < 60 => $"{span.TotalSeconds.ToString("0.##", CultureInfo.InvariantCulture)}s",
        < 3600 => $"{span.Minutes}m{span.Seconds}s",
        _ => span.TotalHours > 99 ? "99h+" : $"{(int)span.TotalHours}h{span.Minutes}m",
    };

    /// <summary>The first twelve digits of a digest, or all that there are.</summary>
    internal static string Digest(string digest)
    {
        var digits = digest.StartsWith("sha256:", StringComparison.Ordinal) ? digest["sha256:".Length..] : digest;
        return digits[..Math.Min(12, digits.Length)];
    }

    private static string LongDuration(TimeSpan span) => span.TotalDays switch
    {
        < 14 => $"{(int)span.TotalDays} days",
        < 60 => $"{(int)(span.TotalDays / 7)} weeks",
        < 730 => $"{(int)(span.TotalDays / 30)} months",
        _ => $"{(int)(span.TotalDays / 365)} years",
    };
}
