using System.Runtime.InteropServices;
using ModelOps.Runtime.Sampling;

namespace ModelOps.Runtime.Native;

/// <summary>Room for one candidate per token of the vocabulary; one for all sequences of a batch loop.</summary>
internal sealed unsafe class CandidateBuffer(int vocabularySize) : IDisposable
{
    private LlamaTokenData* _data = (LlamaTokenData*)NativeMemory.Alloc((nuint)vocabularySize, (nuint)sizeof(LlamaTokenData));

    internal int VocabularySize => vocabularySize;

    /// <summary>All tokens with their logits, in the order of the vocabulary.</summary>
    internal LlamaTokenDataArray Fill(ReadOnlySpan<float> logits)
    {
        var data = _data;
        for (var token = 0; token < vocabularySize; token++)
            data[token] = new LlamaTokenData { Id = token, Logit = logits[token] };

        return new LlamaTokenDataArray { Data = data, Size = (nuint)vocabularySize, Selected = -1 };
    }

    /// <summary>The <paramref name="count"/> best tokens, best first.</summary>
    internal LlamaTokenDataArray FillTop(ReadOnlySpan<float> logits, int count)
    {
        var found = TopTokens.Select(logits, new Span<LlamaTokenData>(_data, count));
        return new LlamaTokenDataArray { Data = _data, Size = (nuint)found, Selected = -1, Sorted = 1 };
    }

    public void Dispose()
    {
        NativeMemory.Free(_data);
        _data = null;
    }
}
