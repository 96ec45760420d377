using System.Collections.Immutable;

namespace ModelOps.Prompting.Events;

/// <summary>Splits what the model says into content, thinking and calls.</summary>
public interface IAnswerReader
{
    /// <summary>Takes the next piece.</summary>
    IEnumerable<InferenceEvent> Read(string text, ImmutableArray<TokenLogprob> logprobs);

    /// <summary>Takes the end.</summary>
    /// <param name="atLimit">The answer was cut by its limit.</param>
    IEnumerable<InferenceEvent> Finish(bool atLimit);
}
