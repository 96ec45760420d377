using System.Runtime.InteropServices;
using LLama.Native;

namespace ModelOps.Runtime.Native;

/// <summary>The input of one decode call, in memory that does not move.</summary>
internal sealed unsafe class NativeBatch : IDisposable
{
    private readonly int* _tokens;
    private readonly int* _positions;
    private readonly int* _counts;
    private readonly int* _sequences;
    private readonly int** _sequencePointers;
    private readonly byte* _outputs;

    internal NativeBatch(int capacity)
    {
        Capacity = capacity;
        _tokens = Allocate<int>(capacity);
        _positions = Allocate<int>(capacity);
        _counts = Allocate<int>(capacity);
        _sequences = Allocate<int>(capacity);
        _sequencePointers = (int**)NativeMemory.Alloc((nuint)capacity, (nuint)sizeof(int*));
        _outputs = Allocate<byte>(capacity);
        for (var at = 0; at < capacity; at++)
        {
            _counts[at] = 1;
            _sequencePointers[at] = _sequences + at;
        }
    }

    internal int Capacity { get; }

    internal int Count { get; private set; }

    internal int Room => Capacity - Count;

    internal void Clear() => Count = 0;

    /// <summary>Takes back the tokens added after the first <paramref name="count"/>.</summary>
    internal void Cut(int count) => Count = count;

    /// <returns>The place of the token in the batch, by which its output is asked for.</returns>
    internal int Add(int token, int position, int sequence, bool output)
    {
        var at = Count++;
        _tokens[at] = token;
        _positions[at] = position;
        _sequences[at] = sequence;
        _outputs[at] = output ? (byte)1 : (byte)0;
        return at;
    }

    internal LLamaNativeBatch ToNative() => new()
    {
        n_tokens = Count,
        tokens = (LLamaToken*)_tokens,
        pos = (LLamaPos*)_positions,
        n_seq_id = _counts,
        seq_id = (LLamaSeqId**)_sequencePointers,
        logits = _outputs,
    };

    public void Dispose()
    {
        NativeMemory.Free(_tokens);
        NativeMemory.Free(_positions);
        NativeMemory.Free(_counts);
        NativeMemory.Free(_sequences);
        NativeMemory.Free(_sequencePointers);
        NativeMemory.Free(_outputs);
    }

    private static T* Allocate<T>(int count)
        where T : unmanaged => (T*)NativeMemory.Alloc((nuint)count, (nuint)sizeof(T));
}
