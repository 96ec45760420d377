using System.Text;
using System.Text.Json;
using ModelOps.Prompting.Grammars;
using ModelOps.Runtime.Loading;
using ModelOps.Runtime.Tests.Engines;

namespace ModelOps.Runtime.Tests.Grammars;

/// <summary>Asks a grammar what it lets through: ours, and the engine's own with Pico's vocabulary, which must say the same.</summary>
internal static class GrammarProbe
{
    private static readonly Lazy<Weights> Weights = new(Load);

    /// <summary>
    /// The whole text is an answer that may end there. What can be read in more ways than we follow is none, whatever the engine says.
    /// </summary>
    internal static bool Accepts(string grammar, string text)
    {
        if (Judge(grammar, text) is not { } ours)
            return false;

        Assert.True(ours == NativeAccepts(grammar, text), $"we say {ours} and the engine does not, of\n{text}\nby\n{grammar}");
        return ours;
    }

    internal static bool Fits(string schema, string text) => Accepts(JsonSchemaGrammar.Compile(JsonElement.Parse(schema)), text);

    /// <summary>The engine takes the grammar.</summary>
    internal static void Parse(string grammar) => new NativeGrammar(Weights.Value.Vocabulary, grammar).Dispose();

    /// <summary>What our own matcher says alone.</summary>
    internal static bool Matches(string grammar, string text) => Judge(grammar, text) == true;

    /// <summary>The same; null when there are too many ways to read the text.</summary>
    internal static bool? Judge(string grammar, string text)
    {
        var matcher = new GbnfMatcher(GbnfProgram.Of(grammar));
        foreach (var rune in text.EnumerateRunes())
        {
            var bytes = Encoding.UTF8.GetBytes(rune.ToString());
            if (!matcher.Allows(bytes))
                return matcher.IsTooAmbiguous ? null : false;
            matcher.Accept(bytes);
        }

        return matcher.CanEnd;
    }

    /// <summary>Letter by letter, so that no token hides a border.</summary>
    private static bool NativeAccepts(string grammar, string text)
    {
        using var parsed = new NativeGrammar(Weights.Value.Vocabulary, grammar);
        foreach (var token in text.EnumerateRunes().SelectMany(
            rune => Weights.Value.Vocabulary.Tokenize(rune.ToString(), addSpecial: false, parseSpecial: false)))
        {
            if (!parsed.Allows(token))
                return false;
            parsed.Accept(token);
        }

        return parsed.Allows(Weights.Value.Vocabulary.Eos);
    }

    private static Weights Load() => ModelOps.Runtime.Loading.Weights.Load(Pico.Profile(), null, CancellationToken.None);
}
