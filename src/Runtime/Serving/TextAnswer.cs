using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Serving;

/// <summary>One answer: tokens out of the engine, events out of here.</summary>
internal sealed class TextAnswer(IEngine engine, EngineRequest request, IAnswerReader reader, AnswerMetrics metrics, TimeProvider time)
{
    private readonly StringBuilder _said = new();

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
                metrics.Said();
                if (keepContext)
                    _said.Append(text.Value);
                foreach (var item in reader.Read(text.Value, text.Logprobs))
                    yield return item;
                continue;
            }

            var end = (EngineChunk.End)chunk;
            foreach (var item in reader.Finish(end.Reason == EngineStopReason.Length))
                yield return item;
            var usage = end.Usage;
            metrics.Ended(usage);
            yield return new InferenceEvent.Finished(
                end.Reason == EngineStopReason.Length ? FinishReason.Length : FinishReason.Stop,
                new InferenceMetrics(
                    time.GetElapsedTime(started), loadTime, usage.PromptTokens, usage.CachedTokens, usage.PromptTime, usage.GeneratedTokens, usage.GenerationTime),
                keepContext ? await ContextAsync(cancellationToken) : []);
        }
    }

    /// <summary>Tokens of what was said: a text that stopped the answer is not among them, even where it shares a token.</summary>
    private async Task<ImmutableArray<int>> ContextAsync(CancellationToken cancellationToken) =>
        [.. request.Prompt, .. _said.Length > 0 ? await engine.TokenizeAsync(_said.ToString(), addSpecial: false, parseSpecial: true, cancellationToken) : []];
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
