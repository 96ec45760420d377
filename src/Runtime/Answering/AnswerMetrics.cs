using System.Diagnostics.Metrics;
using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Residency;

namespace ModelOps.Runtime.Answering;

/// <summary>What one answer took: time to its first token, time for each further one, and the spans of both parts.</summary>
internal sealed class AnswerMetrics(string owner, long started, TimeProvider time)
{
    private static readonly Meter s_meter = new(EngineMetrics.Name);

    private static readonly Histogram<double> s_firstToken = s_meter.CreateHistogram(
        "modelops_first_token_seconds", "s", "Time from a request to its first token, queue and load included.", advice: Buckets.Waits);

    private static readonly Histogram<double> s_token = s_meter.CreateHistogram(
        "modelops_token_seconds", "s", "Mean time between two tokens of an answer.", advice: Buckets.Tokens);

    private static readonly Histogram<double> s_prefill = s_meter.CreateHistogram(
        "modelops_prefill_seconds", "s", "Time to compute a prompt, waiting for a slot not included.", advice: Buckets.Waits);

    private bool _said;

    /// <summary>Something came out of the engine.</summary>
    internal void Said()
    {
        if (_said)
            return;
        _said = true;
        s_firstToken.Record(time.GetElapsedTime(started).TotalSeconds, Tag());
    }

    /// <summary>The answer is complete.</summary>
    internal void Ended(EngineUsage usage)
    {
        s_prefill.Record(usage.PromptTime.TotalSeconds, Tag());
        if (usage.GeneratedTokens > 1)
            s_token.Record(usage.GenerationTime.TotalSeconds / (usage.GeneratedTokens - 1), Tag());
        var end = time.GetUtcNow();
        var first = end - usage.GenerationTime;
        RuntimeTraces.Tell("prefill", owner, first - usage.PromptTime, first, usage.PromptTokens - usage.CachedTokens);
        RuntimeTraces.Tell("decode", owner, first, end, usage.GeneratedTokens);
    }

    private KeyValuePair<string, object?> Tag() =>
        KeyValuePair.Create<string, object?>("model", ModelName.TryParse(owner, out var name) ? name.ShortName : owner);
}
