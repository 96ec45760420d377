using System.Collections.Immutable;
using System.Text;
using ModelOps.Prompting.Events;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;
using ModelOps.Runtime.Sampling;

namespace ModelOps.Runtime.Batching;

/// <summary>Where a sequence stands.</summary>
internal enum SequencePhase
{
    /// <summary>No slot yet.</summary>
    Waiting,

    /// <summary>Has a slot; another sequence computes a prefix that it will share.</summary>
    AwaitingPrefix,

    /// <summary>Its prompt is being computed.</summary>
    Prefill,

    /// <summary>One token a step.</summary>
    Decode,

    /// <summary>Over.</summary>
    Ended,
}

/// <summary>One request in the batch. Everything but <see cref="Cancel"/> belongs to the thread of the batch loop.</summary>
internal sealed class Sequence : IDisposable
{
    private const int MaxRepetitions = 30;

    private readonly OutputText _output;
    private readonly List<int> _unsentTokens = [];
    private readonly ImmutableArray<TokenLogprob>.Builder _unsentLogprobs = ImmutableArray.CreateBuilder<TokenLogprob>();
    private readonly GrammarTrigger? _trigger;
    private byte[] _lastPiece = [];
    private int _repetitions;
    private volatile bool _cancelled;

    /// <exception cref="EngineRequestException">The grammar is refused.</exception>
    internal Sequence(EngineRequest request, ISequenceSink sink, Vocabulary vocabulary, int contextLength)
    {
        Request = request;
        Sink = sink;
        Tokens.AddRange(request.Prompt);
        PromptLength = request.Prompt.Length;
        _output = new OutputText([.. request.Stop.Where(stop => stop.Length > 0).Select(Encoding.UTF8.GetBytes)]);
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

    internal ISequenceSink Sink { get; }

    internal TokenSampler Sampler { get; }

    /// <summary>When it got a slot.</summary>
    internal long StartedAt { get; set; }

    internal long FirstTokenAt { get; set; }

    internal long LastTokenAt { get; set; }

    internal SequencePhase Phase { get; set; }

    /// <summary>Number by which the cache knows it; -1 without a slot.</summary>
    internal int Slot { get; set; } = -1;

    /// <summary>Prompt and generated tokens, as they stand in the cache or will.</summary>
    internal List<int> Tokens { get; } = [];

    internal int PromptLength { get; }

    /// <summary>How many of <see cref="Tokens"/> the cache holds.</summary>
    internal int Computed { get; set; }

    /// <summary>How many tokens of the prompt came from another sequence.</summary>
    internal int Cached { get; set; }

    /// <summary>Tokens at the start that are where they were computed: all of them until a shift.</summary>
    internal int Unmoved { get; set; } = int.MaxValue;

    internal int Generated { get; private set; }

    /// <summary>In <see cref="SequencePhase.AwaitingPrefix"/>: who computes the prefix, and how much of it is worth waiting for.</summary>
    internal Sequence? Leader { get; set; }

    internal int LeaderLength { get; set; }

    /// <summary>Place of its (first) output in the current batch; -1 without one.</summary>
    internal int OutputIndex { get; set; } = -1;

    /// <summary>Its prompt is told token by token, so that each of them has an output.</summary>
    internal bool TellsPrompt => Request.PromptLogprobs >= 0;

    /// <summary>Place of its first token in the current batch.</summary>
    internal int BatchIndex { get; set; }

    /// <summary>How many of its tokens are in the current batch.</summary>
    internal int InBatch { get; set; }

    /// <summary>Guessed continuation that is in the current batch behind its last token.</summary>
    internal List<int> Guess { get; } = [];

    internal bool IsCancelled => _cancelled;

    /// <summary>From any thread: its slot is freed within one step.</summary>
    internal void Cancel() => _cancelled = true;

    /// <summary>Takes a sampled token.</summary>
    /// <returns>Why the sequence is over, or null when it goes on.</returns>
    internal EngineStopReason? Take(int token, TokenLogprob? logprob, Vocabulary vocabulary, out bool stoppedByText)
    {
        stoppedByText = false;
        Sampler.Accept(token);
        Generated++;
        if (vocabulary.IsEnd(token) || Sampler.Refusal is not null)
            return EngineStopReason.Stop;

        if (logprob is not null)
            _unsentLogprobs.Add(logprob);

        Tokens.Add(token);
        _unsentTokens.Add(token);
        var piece = vocabulary.PieceOf(token);
        stoppedByText = _output.Append(piece);
        _trigger?.Append(piece);
        if (stoppedByText)
            return EngineStopReason.Stop;

        if (Generated >= Request.MaxTokens || Repeats(piece))
            return EngineStopReason.Length;

        Send();
        return null;
    }

    /// <summary>Sends the rest and the end.</summary>
    /// <param name="reason">Why it is over.</param>
    /// <param name="stoppedByText">What is held back is a stop text and what follows it.</param>
    /// <param name="usage">What it took.</param>
    internal void End(EngineStopReason reason, bool stoppedByText, EngineUsage usage)
    {
        if (Sampler.Refusal is { } refusal)
        {
            Sink.Fail(refusal);
            return;
        }

        if (!stoppedByText && reason != EngineStopReason.Length)
        {
            SendReleased();
            _output.Finish();
        }

        SendAll();
        Sink.End(reason, usage);
    }

    /// <summary>Ends it with an error.</summary>
    internal void Fail(Exception error)
    {
        Phase = SequencePhase.Ended;
        Sink.Fail(error);
        Dispose();
    }

    public void Dispose() => Sampler.Dispose();

    private void StartGrammar(EngineRequest request, out GrammarTrigger? trigger)
    {
        trigger = null;
        if (request.Grammar is not { Length: > 0 } grammar)
            return;

        if (request.GrammarStartsAfter is { Length: > 0 } marker)
        {
            // Parsed now as well, so that a bad grammar is refused before anything is generated.
            _ = Grammar.Parse(grammar);
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

    private bool Repeats(byte[] piece)
    {
        var trimmed = piece.AsSpan().Trim(" \n\r\t"u8);
        if (!trimmed.SequenceEqual(_lastPiece))
        {
            _lastPiece = trimmed.ToArray();
            _repetitions = 0;
            return false;
        }

        return ++_repetitions > MaxRepetitions;
    }

    private void Send()
    {
        if (_output.Released.Length > 0 || _unsentLogprobs.Count > 0)
            SendAll();
    }

    private void SendReleased()
    {
        if (_output.Released.Length > 0)
            SendAll();
    }

    private void SendAll()
    {
        if (_output.Released.Length == 0 && _unsentTokens.Count == 0 && _unsentLogprobs.Count == 0)
            return;

        Sink.Text(_output.Released, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_unsentTokens), _unsentLogprobs.DrainToImmutable());
        _unsentTokens.Clear();
        _output.Sent();
    }
}
