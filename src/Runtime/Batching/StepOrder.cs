using System.Runtime.InteropServices;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Batching;

/// <summary>Puts what the sequences planned for a step into the batch, in the order of slots: those that follow one another are computed together.</summary>
internal sealed class StepOrder
{
    private readonly List<Sequence> _planned = [];

    internal void Fill(NativeBatch batch, IReadOnlyList<Sequence> active)
    {
        batch.Clear();
        _planned.Clear();
        foreach (var sequence in active)
        {
            if (sequence.InBatch > 0)
                _planned.Add(sequence);
        }

        _planned.Sort(static (one, other) => one.Slot.CompareTo(other.Slot));
        foreach (var sequence in _planned)
            Add(batch, sequence);
    }

    private static void Add(NativeBatch batch, Sequence sequence)
    {
        var tokens = CollectionsMarshal.AsSpan(sequence.Tokens);
        var told = sequence is { TellsPrompt: true, Phase: SequencePhase.Prefill };
        sequence.BatchIndex = batch.Count;
        for (var at = 0; at < sequence.InBatch - sequence.Guess.Count; at++)
        {
            var position = sequence.Computed + at;
            var last = position == tokens.Length - 1;
            var place = batch.Add(tokens[position], position, sequence.Slot, output: last || told);
            if (last)
                sequence.OutputIndex = place;
        }

        // Guesses follow the last token, each with an output: that is where it turns out whether the next one is right.
        for (var at = 0; at < sequence.Guess.Count; at++)
            _ = batch.Add(sequence.Guess[at], tokens.Length + at, sequence.Slot, output: true);
    }
}
