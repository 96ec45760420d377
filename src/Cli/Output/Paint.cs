namespace ModelOps.Cli.Output;

/// <summary>Colours of words of closed lists, so that what is wrong is seen first. Text from outside is never coloured.</summary>
internal static class Paint
{
    private const string Red = "\e[31m";
    private const string Yellow = "\e[33m";
    private const string Green = "\e[32m";
    private const string Faint = "\e[2m";
    private const string Strong = "\e[1m";
    private const string Plain = "\e[0m";

    private static readonly Dictionary<string, string> s_words = new(StringComparer.Ordinal)
    {
        ["Healthy"] = Green, ["Synced"] = Green, ["Applied"] = Green, ["ready"] = Green, ["ok"] = Green,
        ["OutOfSync"] = Yellow, ["Progressing"] = Yellow, ["Suspended"] = Yellow, ["Partial"] = Yellow, ["Superseded"] = Yellow,
        ["RolledBack"] = Yellow, ["InProgress"] = Yellow, ["Unknown"] = Yellow, ["warning"] = Yellow,
        ["Degraded"] = Red, ["Missing"] = Red, ["Failed"] = Red, ["Rejected"] = Red, ["error"] = Red, ["not ready"] = Red,
    };

    /// <summary>The word in its colour, if it has one.</summary>
    internal static string Word(string word, bool color) =>
        color && s_words.TryGetValue(word, out var paint) ? $"{paint}{word}{Plain}" : word;

    /// <summary>A text that matters less than what is around it.</summary>
    internal static string Dim(string text, bool color) => color && text.Length > 0 ? $"{Faint}{text}{Plain}" : text;

    /// <summary>A title.</summary>
    internal static string Bold(string text, bool color) => color ? $"{Strong}{text}{Plain}" : text;

    /// <summary>What a failure begins with.</summary>
    internal static string Failure(string text, bool color) => color ? $"{Red}{text}{Plain}" : text;

    /// <summary>A text with the word at that place in its colour; a terminal that is so narrow that the word was moved gets none.</summary>
    internal static string At(string text, int place, string word, bool color) =>
        color && place <= text.Length && text.AsSpan(place).StartsWith(word, StringComparison.Ordinal)
            ? text[..place] + Word(word, color) + text[(place + word.Length)..]
            : text;
}
