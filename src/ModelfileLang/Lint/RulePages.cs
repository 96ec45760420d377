using System.Collections.Frozen;

namespace ModelOps.ModelfileLang.Lint;

/// <summary>The sections of <c>docs/diagnostics.md</c>, which the program carries with it for <c>modelops explain</c>.</summary>
public static class RulePages
{
    private const string Heading = "\n## ";

    private static readonly Lazy<FrozenDictionary<string, string>> Pages = new(Read);

    /// <summary>The codes that have a section, in order.</summary>
    public static IEnumerable<string> Codes => Pages.Value.Keys.Order(StringComparer.Ordinal);

    /// <summary>The Markdown of a code's section, its heading included; null when there is none.</summary>
    public static string? Find(string code) => Pages.Value.GetValueOrDefault(code);

    private static FrozenDictionary<string, string> Read()
    {
        using var stream = typeof(RulePages).Assembly.GetManifestResourceStream("diagnostics.md")
            ?? throw new InvalidOperationException("The program was built without docs/diagnostics.md.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n").Split(Heading).Skip(1)
            .ToFrozenDictionary(
                page => page[..page.IndexOf(' ', StringComparison.Ordinal)], page => $"## {page.TrimEnd()}\n", StringComparer.Ordinal);
    }
}
