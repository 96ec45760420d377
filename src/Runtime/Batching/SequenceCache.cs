namespace ModelOps.Runtime.Batching;

/// <summary>The tokens of one sequence and what of them the cache holds.</summary>
internal sealed class SequenceCache
{
    private bool _returns;

    /// <summary>Number by which the cache knows the sequence; -1 without a slot.</summary>
    internal int Slot { get; private set; } = -1;

    internal bool HasSlot => Slot >= 0;

    /// <summary>Prompt and generated tokens, as they stand in the cache or will.</summary>
    internal List<int> Tokens { get; } = [];

    /// <summary>How many of <see cref="Tokens"/> the cache holds.</summary>
    internal int Computed { get; private set; }

    /// <summary>How many tokens of the prompt came from another sequence.</summary>
    internal int Reused { get; private set; }

    /// <summary>Tokens at the start that are where they were computed: all of them until a shift.</summary>
    internal int Unmoved { get; private set; } = int.MaxValue;

    internal bool IsUnmoved => Unmoved == int.MaxValue;

    /// <summary>Gets an empty slot.</summary>
    internal void Take(int slot) => Slot = slot;

    /// <summary>Gets a slot that holds the first tokens already.</summary>
    internal void Reuse(int slot, int computed)
    {
        (Slot, Computed) = (slot, computed);
        if (!_returns)
            Reused = computed;
    }

    /// <summary>It has no slot any more, and will get another.</summary>
    internal void LeaveSlot()
    {
        (Slot, Computed, Unmoved) = (-1, 0, int.MaxValue);
        _returns = true;
    }

    /// <summary>A step computed the next tokens.</summary>
    internal void Advance(int tokens) => Computed += tokens;

    /// <summary>The cache forgot <paramref name="count"/> computed tokens from <paramref name="keep"/> on and closed the gap.</summary>
    internal void Shift(int keep, int count)
    {
        Computed -= count;
        Unmoved = Math.Min(Unmoved, keep);
        Tokens.RemoveRange(keep, count);
    }
}
