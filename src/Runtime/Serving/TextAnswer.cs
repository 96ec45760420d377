using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Serving;

/// <summary>One answer: tokens out of the engine, events out of here.</summary>
internal sealed class TextAnswer(IEngine engine, EngineRequest request, IAnswerReader reader, TimeProvider time)
{
    private readonly ImmutableArray<int>.Builder _generated = ImmutableArray.CreateBuilder<int>();

    /// <summary>The tokens generated so far, the ending one aside.</summary>
    internal ImmutableArray<int> Generated => _generated.ToImmutable();

    /// <summary>Runs to the end.</summary>
    /// <param name="started">Timestamp of the request's arrival.</param>
    /// <param name="loadTime">From arrival to the engine.</param>
    /// <param name="keepContext">Report prompt and answer as tokens.</param>
    /// <param name="cancellationToken">Frees the slot.</param>
    internal async IAsyncEnumerable<InferenceEvent> RunAsync(
        long started, TimeSpan loadTime, bool keepContext, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var chunk in engine.GenerateAsync(request, cancellationToken))
        {
            if (chunk is EngineChunk.Text text)
            {
                _generated.AddRange(text.Tokens);
                foreach (var item in reader.Read(text.Value, text.Logprobs))
                    yield return item;
                continue;
            }

            var end = (EngineChunk.End)chunk;
            foreach (var item in reader.Finish(end.Reason == EngineStopReason.Length))
                yield return item;
            var usage = end.Usage;
            yield return new InferenceEvent.Finished(
                end.Reason == EngineStopReason.Length ? FinishReason.Length : FinishReason.Stop,
                new InferenceMetrics(
                    time.GetElapsedTime(started), loadTime, usage.PromptTokens, usage.CachedTokens, usage.PromptTime, usage.GeneratedTokens, usage.GenerationTime),
                keepContext ? [.. request.Prompt, .. _generated] : []);
        }
    }
}

/// <summary>Splits what the model says into content, thinking and calls.</summary>
internal interface IAnswerReader
{
    /// <summary>Takes the next piece.</summary>
    IEnumerable<InferenceEvent> Read(string text, ImmutableArray<TokenLogprob> logprobs);

    /// <summary>Takes the end.</summary>
    /// <param name="atLimit">The answer was cut by its limit.</param>
    IEnumerable<InferenceEvent> Finish(bool atLimit);
}
