using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;
using ModelOps.Runtime.Prompting.Grammars;
using ModelOps.Runtime.Tests.Engines;

namespace ModelOps.Runtime.Tests.Prompting;

/// <summary>Asks the engine's own grammar, with Pico's vocabulary, what it lets through.</summary>
internal static class GrammarProbe
{
    private static readonly Lazy<Weights> Weights = new(Load);

    /// <summary>The whole text is an answer that may end there.</summary>
    internal static bool Accepts(string grammar, string text)
    {
        using var parsed = Grammar.Parse(Weights.Value.Vocabulary, grammar);
        foreach (var token in Bytes(text))
        {
            if (!Grammar.Allows(parsed, token))
                return false;
            LlamaNative.llama_sampler_accept(parsed, token);
        }

        return Grammar.Allows(parsed, Weights.Value.Vocabulary.Eos);
    }

    internal static bool Fits(string schema, string text) => Accepts(JsonSchemaGrammar.Compile(System.Text.Json.JsonElement.Parse(schema)), text);

    /// <summary>The engine takes the grammar.</summary>
    internal static void Parse(string grammar) => Grammar.Parse(Weights.Value.Vocabulary, grammar).Dispose();

    /// <summary>Letter by letter, so that no token hides a border.</summary>
    private static IEnumerable<int> Bytes(string text) =>
        text.EnumerateRunes().SelectMany(rune => Weights.Value.Vocabulary.Tokenize(rune.ToString(), addSpecial: false, parseSpecial: false));

    private static Weights Load()
    {
        LlamaLibrary.EnsureLoaded(Pico.Options.NativeFolder);
        return ModelOps.Runtime.Engines.Weights.Load(Pico.Profile(), null, CancellationToken.None);
    }
}
