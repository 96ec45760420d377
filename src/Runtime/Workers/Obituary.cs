namespace ModelOps.Runtime.Workers;

/// <summary>Says why a worker ended, in words to be put behind "ended".</summary>
internal static class Obituary
{
    /// <summary>Signals appear as exit codes above this.</summary>
    private const int SignalBase = 128;

    /// <summary>It was killed on purpose.</summary>
    internal static string OfKilled(string reason, string lastWords) => With(lastWords, $": {reason}.");

    /// <summary>It ended by itself, or something other than the daemon ended it.</summary>
    internal static string OfEnded(int exitCode, string lastWords) => With(lastWords, exitCode switch
    {
        SignalBase + 9 => ": it was killed (signal 9), perhaps because memory ran out.",
        > SignalBase => $" with signal {exitCode - SignalBase}.",
        _ => $" with code {exitCode}.",
    });

    private static string With(string lastWords, string why) => lastWords.Length > 0 ? $"{why} It said: {lastWords}" : why;
}
