using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Batching;

/// <summary>Makes room in a full context.</summary>
/// <param name="memory">Cache of the context.</param>
/// <param name="prefixes">What sequences share.</param>
/// <param name="contextLength">Tokens of one sequence.</param>
/// <param name="addsBos">A first token stands in front of what a request keeps.</param>
internal sealed class ContextShift(CacheMemory memory, PrefixCache prefixes, int contextLength, bool addsBos)
{
    /// <summary>Drops the older half of what follows the kept start.</summary>
    /// <returns>False when the sequence has to end instead.</returns>
    internal bool TryShift(Sequence sequence, IReadOnlyList<Sequence> active)
    {
        if (!sequence.Request.Shift || !memory.CanShift)
            return false;

        var keep = Math.Clamp(sequence.Request.Keep + (addsBos ? 1 : 0), 0, contextLength - 4);
        var left = sequence.Computed - keep;
        var discard = Math.Clamp(left / 2, 0, Math.Max(0, left - 1));
        if (discard == 0)
            return false;

        prefixes.Detach(sequence, keep);
        if (sequence.Shared > keep && SharesWithActive(sequence, keep, active))
        {
            // Cells that a running neighbour uses too must not move: what is kept is computed again.
            _ = memory.RemoveFrom(sequence.Slot, keep);
            sequence.Computed = keep;
            sequence.Phase = SequencePhase.Prefill;
        }
        else
        {
            memory.Shift(sequence.Slot, keep, discard);
            sequence.Computed -= discard;
            sequence.Unmoved = Math.Min(sequence.Unmoved, keep);
        }

        sequence.Shared = Math.Min(sequence.Shared, keep);
        sequence.Tokens.RemoveRange(keep, discard);
        return true;
    }

    private static bool SharesWithActive(Sequence sequence, int position, IReadOnlyList<Sequence> active)
    {
        var tokens = CollectionsMarshal.AsSpan(sequence.Tokens)[..sequence.Computed];
        foreach (var other in active)
        {
            if (other != sequence && other.Shared > position && other.Slot >= 0
                && tokens.CommonPrefixLength(CollectionsMarshal.AsSpan(other.Tokens)) > position)
            {
                return true;
            }
        }

        return false;
    }
}
