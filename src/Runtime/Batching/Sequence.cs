using ModelOps.Prompting.Events;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;
using ModelOps.Runtime.Sampling;

namespace ModelOps.Runtime.Batching;

/// <summary>One request in the batch. Everything but <see cref="Cancel"/> belongs to the thread of the batch loop.</summary>
internal sealed class Sequence : IClientWork, IDisposable
{
    private readonly SequenceOutput _output;
    private readonly RepetitionGuard _repetition = new();
    private readonly GrammarTrigger? _trigger;
    private volatile bool _cancelled;

    /// <exception cref="EngineRequestException">The grammar is refused.</exception>
    internal Sequence(EngineRequest request, ISequenceSink sink, Vocabulary vocabulary, int contextLength)
    {
        Request = request;
        Sink = sink;
        Cache.Tokens.AddRange(request.Prompt);
        _output = new SequenceOutput(sink, request.Stop);
        Sampler = new TokenSampler(vocabulary, request.Sampling, contextLength);
        try
        {
            StartGrammar(request, out _trigger);
            Sampler.Remember(request.Prompt.AsSpan());
        }
        catch
        {
            Sampler.Dispose();
            throw;
        }
    }

    internal EngineRequest Request { get; }

    public string Client => Request.Client;

    public int Priority => Request.Priority;

    public bool CanYield => Phase == SequencePhase.Decode && !TellsPrompt && !IsCancelled;

    internal ISequenceSink Sink { get; }

    internal TokenSampler Sampler { get; }

    internal SequencePhase Phase { get; private set; }

    /// <summary>Its tokens, and what of them the cache holds.</summary>
    internal SequenceCache Cache { get; } = new();

    /// <summary>What it has in the current step.</summary>
    internal StepPart Part { get; } = new();

    internal SequenceTimes Times { get; } = new();

    internal int Generated { get; private set; }

    /// <summary>Who computes the prefix that it waits for, or waited for; null when it looks for the longest prefix anew.</summary>
    internal Sequence? Leader { get; private set; }

    /// <summary>How much of the leader's prefix is worth waiting for.</summary>
    internal int LeaderLength { get; private set; }

    /// <summary>The probability of every prompt token is reported, so each of them has an output.</summary>
    internal bool TellsPrompt => Request.PromptLogprobs >= 0;

    internal bool IsCancelled => _cancelled;

    /// <summary>From any thread: its slot is freed within one step.</summary>
    internal void Cancel() => _cancelled = true;

    /// <summary>Another sequence is computing a prefix of <paramref name="length"/> tokens that it will share.</summary>
    internal void AwaitPrefix(Sequence leader, int length)
    {
        (Leader, LeaderLength) = (leader, length);
        Phase = SequencePhase.AwaitingPrefix;
    }

    /// <summary>The sequence that it waits for ended too early.</summary>
    internal void LoseLeader() => Leader = null;

    /// <summary>It waits for no other sequence: its prompt is computed from where its slot ends.</summary>
    internal void Prefill()
    {
        Leader = null;
        Phase = SequencePhase.Prefill;
    }

    /// <summary>It gave up its slot; what it has said so far counts as its prompt when it gets another one.</summary>
    internal void Pause()
    {
        Cache.LeaveSlot();
        Phase = SequencePhase.Waiting;
    }

    /// <summary>The logits of its last token are there.</summary>
    internal void Decode() => Phase = SequencePhase.Decode;

    /// <summary>Takes a sampled token.</summary>
    /// <returns>Why the sequence is over, or null when it goes on.</returns>
    internal EngineStopReason? Take(int token, TokenLogprob? logprob, Vocabulary vocabulary, out bool stoppedByText)
    {
        stoppedByText = false;
        Sampler.Accept(token);
        Generated++;
        if (vocabulary.IsEnd(token) || Sampler.Refusal is not null)
            return EngineStopReason.Stop;

        Cache.Tokens.Add(token);
        var piece = vocabulary.PieceOf(token);
        stoppedByText = _output.Add(token, piece, logprob);
        _trigger?.Append(piece);
        if (stoppedByText)
            return EngineStopReason.Stop;

        if (Generated >= Request.MaxTokens || _repetition.Repeats(piece))
            return EngineStopReason.Length;

        _output.Send();
        return null;
    }

    /// <summary>Sends the rest and the end.</summary>
    /// <param name="reason">Why it is over.</param>
    /// <param name="stoppedByText">What is held back is a stop text and what follows it.</param>
    /// <param name="time">The loop's clock.</param>
    internal void Finish(EngineStopReason reason, bool stoppedByText, TimeProvider time)
    {
        if (Sampler.Refusal is { } refusal)
        {
            Sink.Fail(refusal);
            return;
        }

        _output.Finish(withHeld: !stoppedByText && reason != EngineStopReason.Length);
        Sink.End(reason, new EngineUsage(Request.Prompt.Length, Cache.Reused, Generated, Times.Prompt(time), Times.Generation(time)));
    }

    /// <summary>Ends it with an error.</summary>
    internal void Fail(Exception error)
    {
        Sink.Fail(error);
        Dispose();
    }

    /// <summary>It is over, and nothing more is sent.</summary>
    public void Dispose()
    {
        Phase = SequencePhase.Ended;
        Sampler.Dispose();
    }

    private void StartGrammar(EngineRequest request, out GrammarTrigger? trigger)
    {
        trigger = null;
        if (request.Grammar is not { Length: > 0 } grammar)
            return;

        if (request.GrammarStartsAfter is { Length: > 0 } marker)
        {
            // Parsed now as well, so that a bad grammar is refused before anything is generated.
            Grammar.Parse(grammar);
            trigger = new GrammarTrigger(marker, rest => Begin(grammar, rest));
        }
        else
        {
            Begin(grammar, request.GrammarPasses);
        }
    }

    private void Begin(string grammar, string before)
    {
        Sampler.StartGrammar(grammar);
        Sampler.AcceptText(before);
    }
}
