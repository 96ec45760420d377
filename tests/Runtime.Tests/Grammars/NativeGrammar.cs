using ModelOps.Prompting.Grammars;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Tests.Grammars;

/// <summary>One of the engine's own grammars: a second opinion on what a grammar means. Only what our own reader accepted is shown to it.</summary>
internal sealed class NativeGrammar : IDisposable
{
    private readonly SamplerHandle _grammar;
    private readonly CandidateBuffer _candidates;
    private readonly float[] _logits;

    internal NativeGrammar(Vocabulary vocabulary, string grammar)
    {
        GbnfText.Check(grammar);
        _grammar = LlamaNative.llama_sampler_init_grammar(vocabulary.Native, grammar, "root");
        if (_grammar.IsInvalid)
            throw new InvalidOperationException("The engine refused a grammar that we accept:\n" + grammar);
        (_candidates, _logits) = (new CandidateBuffer(vocabulary.Size), new float[vocabulary.Size]);
    }

    /// <summary>The grammar lets this token come next. It is asked about no other: long tokens may take it for ever.</summary>
    internal bool Allows(int token)
    {
        _logits[token] = 1;
        var candidates = _candidates.FillTop(_logits, 1);
        _logits[token] = 0;
        LlamaNative.llama_sampler_apply(_grammar, ref candidates);
        return !float.IsNegativeInfinity(candidates.All[0].Logit);
    }

    /// <summary>Goes on with a token that is allowed.</summary>
    internal void Accept(int token) => LlamaNative.llama_sampler_accept(_grammar, token);

    public void Dispose()
    {
        _grammar.Dispose();
        _candidates.Dispose();
    }
}
