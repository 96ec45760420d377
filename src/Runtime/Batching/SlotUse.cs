namespace ModelOps.Runtime.Batching;

/// <summary>What a slot may do in the next call of the engine.</summary>
internal enum SlotUse : byte
{
    /// <summary>Nothing: it computes a prompt, had its turn already, or is full.</summary>
    Shut,

    /// <summary>It holds no running sequence: a token may be computed there that nobody reads, and taken away again.</summary>
    Spare,

    /// <summary>Its sequence awaits its next token.</summary>
    Due,
}

/// <summary>Slots that follow one another and are computed in one call.</summary>
/// <param name="First">Number of the first.</param>
/// <param name="Count">How many they are; 0 means every slot that is due, wherever it lies.</param>
/// <param name="IsSecond">They are computed with the second variant of the code.</param>
internal readonly record struct SlotBlock(int First, int Count, bool IsSecond = false)
{
    internal static SlotBlock All => default;

    internal bool IsAll => Count == 0;

    internal bool Holds(int slot) => IsAll || (slot >= First && slot < First + Count);
}
