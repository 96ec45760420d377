using System.Collections.Immutable;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Serving;

/// <summary>Everything is content.</summary>
internal sealed class PlainReader : IAnswerReader
{
    public IEnumerable<InferenceEvent> Read(string text, ImmutableArray<TokenLogprob> logprobs)
    {
        if (text.Length > 0 || logprobs.Length > 0)
            yield return new InferenceEvent.Delta(text, "", logprobs);
    }

    public IEnumerable<InferenceEvent> Finish(bool atLimit) => [];
}
