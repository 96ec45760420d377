using System.Runtime.InteropServices;
using LLama.Native;

namespace ModelOps.Runtime.Native;

/// <summary>Room for one candidate per token of the vocabulary; one for all sequences of a batch loop.</summary>
internal sealed unsafe class CandidateBuffer(int vocabularySize) : IDisposable
{
    private LLamaTokenData* _data = (LLamaTokenData*)NativeMemory.Alloc((nuint)vocabularySize, (nuint)sizeof(LLamaTokenData));

    internal int VocabularySize => vocabularySize;

    /// <summary>All tokens with their logits, in the order of the vocabulary.</summary>
    internal LlamaTokenDataArray Fill(ReadOnlySpan<float> logits)
    {
        var data = _data;
        for (var token = 0; token < vocabularySize; token++)
            data[token] = new LLamaTokenData(token, logits[token], 0);

        return new LlamaTokenDataArray { Data = data, Size = (nuint)vocabularySize, Selected = -1 };
    }

    /// <summary>Room for the first <paramref name="count"/> candidates.</summary>
    internal Span<LLamaTokenData> First(int count) => new(_data, count);

    /// <summary>The first <paramref name="count"/> candidates, which are there already, best first.</summary>
    internal LlamaTokenDataArray Sorted(int count) => new() { Data = _data, Size = (nuint)count, Selected = -1, Sorted = 1 };

    public void Dispose()
    {
        NativeMemory.Free(_data);
        _data = null;
    }
}
