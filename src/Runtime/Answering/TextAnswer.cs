using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using ModelOps.Prompting.Events;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Answering;

/// <summary>One answer: tokens out of the engine, events out of here.</summary>
internal sealed class TextAnswer(IEngine engine, EngineRequest request, PreparedPrompt prompt, AnswerMetrics metrics, TimeProvider time)
{
    private readonly StringBuilder _said = new();

    /// <summary>Runs to the end.</summary>
    /// <param name="started">Timestamp of the request's arrival.</param>
    /// <param name="loadTime">From arrival to the engine.</param>
    /// <param name="cancellationToken">Frees the slot.</param>
    internal async IAsyncEnumerable<InferenceEvent> RunAsync(
        long started, TimeSpan loadTime, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var chunk in engine.GenerateAsync(request, cancellationToken))
        {
            if (chunk is EngineChunk.Text text)
            {
                metrics.Said();
                if (prompt.KeepContext)
                    _said.Append(text.Value);
                foreach (var item in prompt.Reader.Read(text.Value, text.Logprobs))
                    yield return item;
                continue;
            }

            if (chunk is EngineChunk.Prompt told)
            {
                if (prompt.Told!.Read(told.Logprobs) is { IsEmpty: false } tokens)
                    yield return new InferenceEvent.PromptTokens(tokens);
                continue;
            }

            var end = (EngineChunk.End)chunk;
            foreach (var item in prompt.Reader.Finish(end.Reason == EngineStopReason.Length))
                yield return item;
            var usage = end.Usage;
            metrics.Ended(usage);
            yield return new InferenceEvent.Finished(
                end.Reason == EngineStopReason.Length ? FinishReason.Length : FinishReason.Stop,
                new InferenceMetrics(
                    time.GetElapsedTime(started),
                    loadTime,
                    usage.PromptTokens,
                    usage.CachedTokens,
                    usage.PromptTime,
                    usage.GeneratedTokens,
                    usage.GenerationTime),
                prompt.KeepContext ? await ContextAsync(cancellationToken) : []);
        }
    }

    /// <summary>Tokens of what was said: a text that stopped the answer is not among them, even where it shares a token.</summary>
    private async Task<ImmutableArray<int>> ContextAsync(CancellationToken cancellationToken) =>
        [
            .. request.Prompt,
            .. _said.Length > 0
                ? await engine.TokenizeAsync(_said.ToString(), addSpecial: false, parseSpecial: true, cancellationToken)
                : [],
        ];
}
