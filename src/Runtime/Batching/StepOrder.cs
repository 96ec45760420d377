using System.Runtime.InteropServices;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Batching;

/// <summary>
/// Puts what the sequences planned for a step into the batch, in the order of slots: those that follow one another are computed together.
/// </summary>
internal sealed class StepOrder
{
    private readonly List<Sequence> _planned = [];

    /// <param name="batch">Is filled anew.</param>
    /// <param name="active">Sequences that run.</param>
    /// <param name="padding">Tokens that nobody reads, by slot.</param>
    internal void Fill(NativeBatch batch, List<Sequence> active, List<Padding> padding)
    {
        batch.Clear();
        _planned.Clear();
        foreach (var sequence in active)
        {
            if (sequence.Part.Count > 0)
                _planned.Add(sequence);
        }

        _planned.Sort(static (one, other) => one.Cache.Slot.CompareTo(other.Cache.Slot));
        var padded = 0;
        foreach (var sequence in _planned)
        {
            for (; padded < padding.Count && padding[padded].Slot < sequence.Cache.Slot; padded++)
                Add(batch, padding[padded]);
            Add(batch, sequence);
        }

        for (; padded < padding.Count; padded++)
            Add(batch, padding[padded]);
    }

    private static void Add(NativeBatch batch, Padding padding) => batch.Add(token: 0, padding.Position, padding.Slot, output: false);

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
