namespace ModelOps.Runtime.Batching;

/// <summary>What a call costs that decodes a number of slots that follow one another.</summary>
/// <param name="Seconds">Its time; infinite when nothing can be said.</param>
/// <param name="IsSecond">With the second variant of the code, which is the cheaper one.</param>
/// <param name="IsKnown">It was measured often enough.</param>
internal readonly record struct CallCost(double Seconds, bool IsSecond, bool IsKnown)
{
    internal static CallCost None { get; } = new(double.PositiveInfinity, false, false);
}

/// <summary>The blocks that take the least time to give a token to every slot that is due. Pure; used by one thread.</summary>
internal sealed class RoundCut
{
    private readonly double[] _best = new double[StepCosts.Most + 1];
    private readonly int[] _length = new int[StepCosts.Most + 1];

    /// <summary>Seconds of all blocks; infinite when some slot has no block.</summary>
    internal double Seconds => _best[0];

    /// <summary>The first block.</summary>
    internal SlotBlock First { get; private set; }

    /// <summary>The first block whose time is not known; empty when all are.</summary>
    internal SlotBlock FirstUnknown { get; private set; }

    /// <summary>Finds them.</summary>
    /// <param name="slots">All slots in their order; at most <see cref="StepCosts.Most"/>.</param>
    /// <param name="costs">What a block takes, by its size.</param>
    internal void Find(ReadOnlySpan<SlotUse> slots, ReadOnlySpan<CallCost> costs)
    {
        // From the last slot to the first: least seconds for all that is due from here on, and the length of the block that begins here.
        _best[slots.Length] = 0;
        for (var at = slots.Length - 1; at >= 0; at--)
        {
            (_best[at], _length[at]) = slots[at] == SlotUse.Due ? (double.PositiveInfinity, 0) : (_best[at + 1], 0);
            if (slots[at] == SlotUse.Shut)
                continue;
            for (var size = 1; at + size <= slots.Length && slots[at + size - 1] != SlotUse.Shut; size++)
            {
                if (costs[size].Seconds + _best[at + size] < _best[at])
                    (_best[at], _length[at]) = (costs[size].Seconds + _best[at + size], size);
            }
        }

        (First, FirstUnknown) = (default, default);
        for (var at = 0; at < slots.Length && double.IsFinite(_best[0]); at += Math.Max(1, _length[at]))
        {
            if (_length[at] == 0)
                continue;
            var block = new SlotBlock(at, _length[at], costs[_length[at]].IsSecond);
            First = First.Count == 0 ? block : First;
            FirstUnknown = FirstUnknown.Count == 0 && !costs[block.Count].IsKnown ? block : FirstUnknown;
        }
    }

    /// <summary>
    /// Seconds of a round in which slots that follow one another and are due are one block; infinite when one is not known.
    /// </summary>
    internal static double PlainSeconds(ReadOnlySpan<SlotUse> slots, StepCosts costs)
    {
        var (seconds, at) = (0.0, 0);
        while (at < slots.Length)
        {
            var length = slots[at] == SlotUse.Due ? LengthOf(slots, at) : 0;
            if (length > 0)
                seconds += costs.Knows(length) ? costs.Of(length) : double.PositiveInfinity;
            at += Math.Max(1, length);
        }

        return seconds;
    }

    /// <summary>How many slots from here on follow one another and are all due.</summary>
    internal static int LengthOf(ReadOnlySpan<SlotUse> slots, int start)
    {
        var length = slots[start..].IndexOfAnyExcept(SlotUse.Due);
        return length < 0 ? slots.Length - start : length;
    }
}
