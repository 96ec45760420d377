namespace ModelOps.Prompting.Grammars;

/// <summary>A JSON Schema says what a grammar cannot say, or is not a schema.</summary>
/// <param name="keyword">The keyword at fault; empty when the schema itself is.</param>
/// <param name="path">JSON pointer of the schema that holds it.</param>
/// <param name="reason">Why, and what to do instead.</param>
public sealed class SchemaException(string keyword, string path, string reason)
    : Exception(
        keyword.Length > 0
            ? $"JSON schema error at #{Shortened(path)}: {keyword}: {reason}"
            : $"JSON schema error at #{Shortened(path)}: {reason}")
{
    private const int LongestPath = 300;

    /// <summary>The keyword at fault.</summary>
    internal string Keyword { get; } = keyword;

    /// <summary>JSON pointer of the schema.</summary>
    internal string Path { get; } = path;

    /// <summary>The path of what is too deep is too long to read. Its two ends say where it is.</summary>
    private static string Shortened(string path) =>
        path.Length <= LongestPath ? path : $"{path[..(LongestPath / 2)]}…{path[^(LongestPath / 2)..]}";
}
