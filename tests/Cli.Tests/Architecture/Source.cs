using ModelOps.TestKit;

namespace ModelOps.Cli.Tests.Architecture;

/// <summary>The project's own source text.</summary>
internal static class Source
{
    /// <summary>Every C# file of <c>src</c> that a person wrote.</summary>
    internal static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(RepoRoot.Combine("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    /// <summary>Places outside comments where one of the words stands.</summary>
    internal static IEnumerable<string> Uses(IEnumerable<string> files, string[] words) =>
        from file in files
        from line in File.ReadLines(file).Select((text, index) => (Text: text.TrimStart(), Number: index + 1))
        where !line.Text.StartsWith("//", StringComparison.Ordinal)
        from word in words
        where ContainsWord(line.Text, word)
        select $"{Path.GetRelativePath(RepoRoot.Path, file)}:{line.Number}: {word}";

    private static bool ContainsWord(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            var before = at == 0 || !(char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '_' or '.');
            var end = at + word.Length;
            var after = !char.IsLetterOrDigit(word[^1]) || end == text.Length || !char.IsLetterOrDigit(text[end]);
            if (before && after)
                return true;
        }

        return false;
    }
}
