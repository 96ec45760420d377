using ModelOps.Runtime.Loading;

namespace ModelOps.Runtime.Batching;

/// <summary>Makes room in a full context.</summary>
/// <param name="memory">Cache of the context.</param>
/// <param name="contextLength">Tokens of one sequence.</param>
internal sealed class ContextShift(CacheMemory memory, int contextLength)
{
    /// <summary>Drops the older half of what follows the kept start.</summary>
    /// <returns>False when the sequence has to end instead.</returns>
    internal bool TryShift(Sequence sequence)
    {
        if (!sequence.Request.Shift || !memory.CanShift)
            return false;

        var keep = Math.Clamp(sequence.Request.Keep, 0, contextLength - 4);
        var left = sequence.Cache.Computed - keep;
        var discard = Math.Clamp(left / 2, 0, Math.Max(0, left - 1));
        if (discard == 0)
            return false;

        memory.Shift(sequence.Cache.Slot, keep, discard);
        sequence.Cache.Shift(keep, discard);
        return true;
    }
}
