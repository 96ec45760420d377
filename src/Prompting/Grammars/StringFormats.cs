namespace ModelOps.Prompting.Grammars;

/// <summary>
/// Formats of strings (draft 2020-12, validation 7.3) as the body of a rule, without the quotes. A part of what the format allows will
/// do.
/// </summary>
internal static class StringFormats
{
    private const string Date =
        """
        [0-9] [0-9] [0-9] [1-9] "-" (("0" [13578] | "1" [02]) "-" ("0" [1-9] | [12] [0-9] | "3" [01]) | ("0" [469] | "11") "-" ("0" [1-9] | [12] [0-9] | "30") | "02-" ("0" [1-9] | "1" [0-9] | "2" [0-8]))
        """;

    private const string Time =
        """([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9] ("." [0-9]{1,6})? ("Z" | [-+] ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])""";

    private const string Byte = """("25" [0-5] | "2" [0-4] [0-9] | "1" [0-9] [0-9] | [1-9] [0-9] | [0-9])""";

    private const string Host = """[a-z0-9] ([a-z0-9-]{0,40} [a-z0-9])? ("." [a-z] ([a-z0-9-]{0,20} [a-z0-9])?){1,4}""";

    private const string Hex = "[0-9a-f]";

    /// <summary>The rule with the least and the most characters of its texts, or null for a format that is not known.</summary>
    internal static (string Body, int Shortest, int? Longest)? Of(string format) => format switch
    {
        "date" => (Date.Trim(), 10, 10),
        "time" => (Time, 9, 21),
        "date-time" => ($"({Date.Trim()}) \"T\" {Time}", 20, 32),
        "duration" => ("\"P\" ([0-9]{1,4} \"D\" | \"T\" [0-9]{1,4} [HMS] | [0-9]{1,4} \"W\")", 3, 7),
        "uuid" => ($"{Hex}{{8}} \"-\" {Hex}{{4}} \"-\" [1-8] {Hex}{{3}} \"-\" [89ab] {Hex}{{3}} \"-\" {Hex}{{12}}", 36, 36),
        "ipv4" => ($"{Byte} \".\" {Byte} \".\" {Byte} \".\" {Byte}", 7, 15),
        "ipv6" => ($"{Hex}{{1,4}} (\":\" {Hex}{{1,4}}){{7}}", 15, 39),
        "hostname" => (Host, 3, 131),
        "email" => ($"[a-z0-9] ([a-z0-9_+-]{{0,60}} [a-z0-9])? \"@\" {Host}", 5, 194),
        "uri" => ($"\"http\" \"s\"? \"://\" {Host} (\"/\" [A-Za-z0-9._~-]{{0,60}}){{0,8}}", 10, 627),
        _ => null,
    };
}
