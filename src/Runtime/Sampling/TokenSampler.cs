using ModelOps.Prompting.Grammars;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Sampling;

/// <summary>
/// Chooses the tokens of one sequence: the reference's chain in the reference's order, and a grammar screen in front of it.
/// </summary>
/// <remarks>
/// Used by the thread of the batch loop. The grammar checks the sampled token first, and all tokens only when it refuses that one.
/// </remarks>
internal sealed class TokenSampler : IDisposable
{
    private const int MaxQuickTop = 256;

    private readonly Vocabulary _vocabulary;
    private readonly SamplerHandle? _chain;
    private readonly SamplerHandle? _chainAfterTop;
    private readonly int _top;
    private readonly LogitEdits _edits;
    private GbnfMatcher? _grammar;

    internal TokenSampler(Vocabulary vocabulary, SamplingSettings settings, int contextLength)
    {
        _vocabulary = vocabulary;
        _edits = new LogitEdits(vocabulary, settings, contextLength);
        var greedy = settings.Temperature <= 0f;
        if (greedy && settings.TypicalP >= 1f)
            return;

        _chain = SamplerChain.Create();
        SamplerChain.AddChoice(_chain, settings, withTop: true);
        if (greedy || settings.TopK is <= 0 or > MaxQuickTop)
            return;

        // The best tokens are found faster here than by the chain.
        _top = Math.Min(settings.TopK, vocabulary.Size);
        _chainAfterTop = SamplerChain.Create();
        SamplerChain.AddChoice(_chainAfterTop, settings, withTop: false);
    }

    /// <summary>A grammar screens what is sampled.</summary>
    internal bool HasGrammar => _grammar is not null;

    /// <summary>Screens everything sampled from now on.</summary>
    /// <exception cref="EngineRequestException">The grammar is not valid GBNF.</exception>
    internal void StartGrammar(string grammar) => _grammar = new GbnfMatcher(Grammar.Parse(grammar));

    /// <summary>Why nothing more can be chosen; null while all is well.</summary>
    internal EngineRequestException? Refusal { get; private set; }

    /// <summary>Lets the penalties know tokens of the prompt.</summary>
    internal void Remember(ReadOnlySpan<int> tokens)
    {
        foreach (var token in tokens)
            _edits.Remember(token);
    }

    /// <summary>Chooses a token; call <see cref="Accept"/> when it is really used. The logits are the same afterwards.</summary>
    internal int Sample(Span<float> logits, CandidateBuffer buffer)
    {
        _edits.Apply(logits);
        var token = Choose(logits, buffer, screened: false);
        if (!Allows(token))
        {
            token = Choose(logits, buffer, screened: true);
            if (!Allows(token))
                token = DeadEnd(token);
        }

        _edits.Undo(logits);
        return token;
    }

    private bool Allows(int token) =>
        _grammar is null || (_vocabulary.IsEnd(token) ? _grammar.CanEnd : _grammar.Allows(_vocabulary.PieceOf(token)));

    /// <summary>The grammar takes no token of the vocabulary, or a bias forbids all that it takes. The answer ends here.</summary>
    private int DeadEnd(int token)
    {
        if (_grammar!.IsTooAmbiguous)
        {
            Refusal = new EngineRequestException(
                "the grammar or schema is too ambiguous: what was said so far can be continued in too many ways");
        }

        if (_vocabulary.Eos >= 0 && _vocabulary.IsEnd(_vocabulary.Eos))
            return _vocabulary.Eos;
        _grammar = null;
        return token;
    }

    internal void Accept(int token)
    {
        _edits.Remember(token);
        if (_grammar is not null && !_vocabulary.IsEnd(token))
            _grammar.Accept(_vocabulary.PieceOf(token));
    }

    /// <summary>Lets the grammar pass over text that is already there; characters that it does not allow are ignored.</summary>
    internal void AcceptText(string text)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var character = bytes[..rune.EncodeToUtf8(bytes)];
            if (_grammar is not null && _grammar.Allows(character))
                _grammar.Accept(character);
        }
    }

    public void Dispose()
    {
        _chain?.Dispose();
        _chainAfterTop?.Dispose();
    }

    private int Choose(ReadOnlySpan<float> logits, CandidateBuffer buffer, bool screened)
    {
        if (!screened && _chain is null)
            return TopTokens.Largest(logits);

        if (!screened && _chainAfterTop is not null)
            return Run(_chainAfterTop, TopTokens.Fill(buffer, logits, _top));

        var candidates = buffer.Fill(logits);
        if (screened)
            Screen(candidates);

        return _chain is not null ? Run(_chain, candidates) : Best(candidates);
    }

    /// <summary>Most tokens are refused for the byte that they begin with.</summary>
    private void Screen(LlamaTokenDataArray candidates)
    {
        Span<bool> possible = stackalloc bool[byte.MaxValue + 1];
        _grammar!.FirstBytes(possible);
        var firstBytes = _vocabulary.FirstBytes;
        foreach (ref var candidate in candidates.All)
        {
            var first = firstBytes[(int)candidate.ID];
            var isAllowed = first == Vocabulary.EndsTurn
                ? _grammar.CanEnd
                : first >= 0 && possible[first] && _grammar.Allows(_vocabulary.PieceOf((int)candidate.ID));
            if (!isAllowed)
                candidate.Logit = float.NegativeInfinity;
        }
    }

    private static int Run(SamplerHandle chain, LlamaTokenDataArray candidates)
    {
        LlamaNative.llama_sampler_apply(chain, ref candidates);
        return candidates.Selected >= 0 && candidates.Selected < (long)candidates.Size
            ? (int)candidates.All[(int)candidates.Selected].ID
            : Best(candidates);
    }

    private static int Best(LlamaTokenDataArray candidates)
    {
        var all = candidates.All;
        var best = 0;
        for (var at = 1; at < all.Length; at++)
        {
            if (all[at].Logit > all[best].Logit)
                best = at;
        }

        return (int)all[best].ID;
    }
}
