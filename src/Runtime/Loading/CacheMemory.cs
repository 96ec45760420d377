using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Loading;

/// <summary>The key-value cache (or recurrent state) of one context. Used by the thread of the batch loop.</summary>
internal sealed class CacheMemory
{
    private readonly MemoryPointer _memory;
    private readonly ContextHandle _context;

    internal CacheMemory(ContextHandle context, WeightsHandle weights)
    {
        _context = context;
        _memory = LlamaNative.llama_get_memory(context);
        CanCut = !_memory.IsNull && LlamaNative.llama_model_is_recurrent(weights) == 0 && LlamaNative.llama_model_is_hybrid(weights) == 0;
        CanShift = CanCut && LlamaNative.llama_memory_can_shift(_memory) != 0;
        Window = LlamaNative.llama_model_n_swa(weights);
    }

    /// <summary>The context has a memory at all (encoders have none).</summary>
    internal bool Exists => !_memory.IsNull;

    /// <summary>A sequence can be cut at any place.</summary>
    internal bool CanCut { get; }

    /// <summary>Positions can be moved.</summary>
    internal bool CanShift { get; }

    /// <summary>Width of the sliding window; 0 when attention sees everything.</summary>
    internal int Window { get; }

    /// <summary>
    /// Gives an empty sequence the first <paramref name="length"/> tokens of another. A cache is copied whole before the next step; a
    /// recurrent state is shared, and always the whole of it.
    /// </summary>
    internal void Copy(int source, int target, int length)
    {
        LlamaNative.llama_memory_seq_cp(_memory, source, target, -1, -1);
        if (CanCut)
            RemoveFrom(target, length);
    }

    /// <returns>False when this memory cannot forget only a part.</returns>
    internal bool RemoveFrom(int sequence, int position) => LlamaNative.llama_memory_seq_rm(_memory, sequence, position, -1) != 0;

    internal void Remove(int sequence) => LlamaNative.llama_memory_seq_rm(_memory, sequence, -1, -1);

    /// <summary>Forgets <paramref name="count"/> positions from <paramref name="keep"/> on and closes the gap.</summary>
    internal void Shift(int sequence, int keep, int count)
    {
        LlamaNative.llama_memory_seq_rm(_memory, sequence, keep, keep + count);
        LlamaNative.llama_memory_seq_add(_memory, sequence, keep + count, -1, -count);
    }

    /// <summary>A sequence still remembers all that a continuation at <paramref name="length"/> looks at.</summary>
    internal bool Reaches(int sequence, int length) =>
        Window == 0 || LlamaNative.llama_memory_seq_pos_min(_memory, sequence) <= Math.Max(0, length - Window);

    /// <summary>Bytes that a sequence takes outside of the cache.</summary>
    internal long SizeOf(int sequence) => SequenceState.SizeOf(_context, sequence);

    /// <summary>Writes what a sequence holds to main memory; null when it cannot be written.</summary>
    internal SequenceState? Write(int sequence) => SequenceState.Write(_context, sequence);

    /// <summary>Gives an empty sequence what was written before.</summary>
    /// <returns>False when it does not fit; the sequence is empty then.</returns>
    internal bool Read(int sequence, SequenceState state)
    {
        if (state.Read(_context, sequence))
            return true;
        Remove(sequence);
        return false;
    }

    internal void Clear() => LlamaNative.llama_memory_clear(_memory, data: 0);
}
