namespace ModelOps.Runtime.Batching;

/// <summary>A token that nobody reads, in a slot that no sequence has; it is taken away after the step.</summary>
/// <param name="Slot">The slot.</param>
/// <param name="Position">Behind what the slot keeps.</param>
internal readonly record struct Padding(int Slot, int Position);
