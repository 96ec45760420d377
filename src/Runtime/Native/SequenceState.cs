using System.Runtime.InteropServices;

namespace ModelOps.Runtime.Native;

/// <summary>What one sequence of a context holds, as the engine writes it, in main memory.</summary>
internal sealed unsafe class SequenceState : IDisposable
{
    private readonly nuint _size;
    private void* _bytes;

    private SequenceState(nuint size)
    {
        _size = size;
        _bytes = NativeMemory.Alloc(size);
    }

    /// <summary>Bytes that it takes.</summary>
    internal long Size => (long)_size;

    /// <summary>Bytes that a sequence would take; 0 when there is nothing to write.</summary>
    internal static long SizeOf(ContextHandle context, int sequence) => (long)LlamaNative.llama_state_seq_get_size(context, sequence);

    /// <summary>Writes a sequence; null when it cannot be written.</summary>
    internal static SequenceState? Write(ContextHandle context, int sequence)
    {
        var state = new SequenceState(LlamaNative.llama_state_seq_get_size(context, sequence));
        if (LlamaNative.llama_state_seq_get_data(context, (byte*)state._bytes, state._size, sequence) == state._size)
            return state;
        state.Dispose();
        return null;
    }

    /// <summary>Gives it to an empty sequence. False when it does not fit: the sequence may hold a part of it then.</summary>
    internal bool Read(ContextHandle context, int sequence) =>
        LlamaNative.llama_state_seq_set_data(context, (byte*)_bytes, _size, sequence) == _size;

    public void Dispose()
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
    }
}
