using System.Runtime.InteropServices;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Batching;

/// <summary>
/// Puts what the sequences planned for a step into the batch, in the order of slots: those that follow one another are computed together.
/// </summary>
internal sealed class StepOrder
{
    private readonly List<Sequence> _planned = [];

    internal void Fill(NativeBatch batch, List<Sequence> active)
    {
        batch.Clear();
        _planned.Clear();
        foreach (var sequence in active)
        {
            if (sequence.Part.Count > 0)
                _planned.Add(sequence);
        }

        _planned.Sort(static (one, other) => one.Cache.Slot.CompareTo(other.Cache.Slot));
        foreach (var sequence in _planned)
            Add(batch, sequence);
    }

    private static void Add(NativeBatch batch, Sequence sequence)
    {
        var (cache, part) = (sequence.Cache, sequence.Part);
        var tokens = CollectionsMarshal.AsSpan(cache.Tokens);
        var told = sequence is { TellsPrompt: true, Phase: SequencePhase.Prefill };
        part.Begin(batch.Count);
        for (var at = 0; at < part.Certain; at++)
        {
            var position = cache.Computed + at;
            var last = position == tokens.Length - 1;
            var place = batch.Add(tokens[position], position, cache.Slot, output: last || told);
            if (last)
                part.Await(place);
        }

        // Guesses follow the last token, each with an output: that is where it turns out whether the next one is right.
        for (var at = 0; at < part.Guess.Count; at++)
            batch.Add(part.Guess[at], tokens.Length + at, cache.Slot, output: true);
    }
}
