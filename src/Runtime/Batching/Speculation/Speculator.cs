using System.Runtime.InteropServices;
using ModelOps.Runtime.Loading;

namespace ModelOps.Runtime.Batching.Speculation;

/// <summary>Lets a step compute guessed tokens behind the last one of a sequence that runs alone, while that is faster.</summary>
/// <remarks>
/// The text is the same as without guesses: every token is chosen by the sequence's own sampler, in order, and a guess only saves
/// the step that would have computed the next one. Beside other sequences a step is full already, so nothing is guessed then. Used by the
/// thread of the batch loop.
/// </remarks>
internal sealed class Speculator
{
    private const int LongestPauseOfLookup = 128;
    private const int LongestPauseOfDraft = 512;

    private readonly CacheMemory _memory;
    private readonly StepCounts _counts;
    private readonly TimeProvider _time;
    private readonly int _contextLength;
    private readonly int _batchCapacity;
    private readonly List<(IGuesser Guesser, SpeculationPace Pace)> _sources = [];
    private Sequence? _sequence;
    private int _tokensNotGenerated;
    private SpeculationPace? _used;
    private TimeSpan _spent;

    private Speculator(EngineContext context, DraftModel? draft, StepCounts counts, TimeProvider time)
    {
        (_memory, _counts, _time) = (context.Memory, counts, time);
        (_contextLength, _batchCapacity) = (context.Profile.ContextLength, context.BatchCapacity);
        if (context.Profile.LookupTokens > 0)
            _sources.Add((new PromptLookup(), new SpeculationPace(Limit(context.Profile.LookupTokens), LongestPauseOfLookup)));

        if (draft is not null)
            _sources.Add((draft, new SpeculationPace(Limit(context.Profile.DraftTokens), LongestPauseOfDraft)));
    }

    /// <summary>Null when the profile asks for none, or the memory cannot forget wrong guesses.</summary>
    internal static Speculator? Of(EngineContext context, DraftModel? draft, StepCounts counts, TimeProvider time)
    {
        if (context.Profile.Embeddings || !context.Memory.CanCut)
            return null;

        var speculator = new Speculator(context, draft, counts, time);
        return speculator._sources.Count > 0 ? speculator : null;
    }

    /// <summary>Fills the guess of a sequence that decodes in the next step.</summary>
    /// <param name="sequence">The sequence.</param>
    /// <param name="isAlone">Nothing else is computed in that step.</param>
    internal void Guess(Sequence sequence, bool isAlone)
    {
        _used = null;
        var room = Math.Min(_contextLength - sequence.Cache.Computed - 2, sequence.Request.MaxTokens - sequence.Generated - 1);
        room = Math.Min(room, _batchCapacity - 1);
        if (!isAlone || room <= 0)
            return;

        LookAt(sequence);
        foreach (var (guesser, pace) in _sources)
        {
            var length = Math.Min(pace.Next(), room);
            if (length <= 0)
                continue;

            var started = _time.GetTimestamp();
            guesser.Guess(CollectionsMarshal.AsSpan(sequence.Cache.Tokens), length, sequence.Part.Guess);
            if (sequence.Part.Guess.Count == 0)
                continue;

            _spent = _time.GetElapsedTime(started);
            _used = pace;
            return;
        }
    }

    /// <summary>A step was computed.</summary>
    /// <param name="tokens">Tokens in it, of all sequences.</param>
    /// <param name="elapsed">How long it took.</param>
    internal void Observe(int tokens, TimeSpan elapsed)
    {
        _spent += elapsed;
        if (tokens != 1)
            return;

        foreach (var (_, pace) in _sources)
            pace.ObservePlain(elapsed);
    }

    /// <summary>Takes the guesses that were right, and makes the cache forget the others.</summary>
    internal void Settle(Sequence sequence, int right)
    {
        var guessed = sequence.Part.Guess.Count;
        sequence.Cache.Advance(right);
        sequence.Part.Guess.Clear();
        if (right < guessed)
            _memory.RemoveFrom(sequence.Cache.Slot, sequence.Cache.Computed);

        _counts.Guessed(guessed, right);
        _used?.Observe(guessed, right, _spent);
        _used = null;
    }

    private void LookAt(Sequence sequence)
    {
        // A shift takes tokens out of the text; this is the only check that notices.
        var notGenerated = sequence.Cache.Tokens.Count - sequence.Generated;
        if (sequence == _sequence && notGenerated == _tokensNotGenerated)
            return;

        (_sequence, _tokensNotGenerated) = (sequence, notGenerated);
        foreach (var (guesser, _) in _sources)
            guesser.Forget();
    }

    private static int Limit(int tokens) => Math.Min(tokens, EngineContext.MaxGuess);
}
