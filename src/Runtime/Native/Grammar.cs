using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Prompting.Grammars;

namespace ModelOps.Runtime.Native;

/// <summary>Native GBNF grammars.</summary>
internal static unsafe class Grammar
{
    /// <exception cref="EngineRequestException">The grammar is not valid GBNF.</exception>
    internal static SamplerHandle Parse(Vocabulary vocabulary, string grammar)
    {
        try
        {
            // The engine's own parser was not written for hostile text.
            GbnfText.Check(grammar);
        }
        catch (GrammarException error)
        {
            throw new EngineRequestException(error.Message);
        }

        var parsed = LlamaNative.llama_sampler_init_grammar(vocabulary.Native, grammar, "root");
        if (!parsed.IsInvalid)
            return parsed;

        parsed.Dispose();
        throw new EngineRequestException("failed to parse grammar");
    }

    /// <summary>The grammar lets this token come next.</summary>
    internal static bool Allows(SamplerHandle grammar, int token)
    {
        var one = new LlamaTokenData { Id = token, Logit = 1f };
        var candidates = new LlamaTokenDataArray { Data = &one, Size = 1, Selected = -1 };
        LlamaNative.llama_sampler_apply(grammar, ref candidates);
        return !float.IsNegativeInfinity(one.Logit);
    }
}
