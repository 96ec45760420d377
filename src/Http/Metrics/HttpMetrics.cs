using System.Diagnostics.Metrics;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.Metrics;

/// <summary>What the surfaces count.</summary>
internal static class HttpMetrics
{
    private static readonly Meter Meter = new("ModelOps.Http");

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "modelops_http_requests", description: "Requests by route and status.");
    private static readonly Counter<long> Webhooks = Meter.CreateCounter<long>(
        "modelops_webhook_requests", description: "Calls of webhooks by source and status.");
    private static readonly Counter<long> PromptTokens = Meter.CreateCounter<long>(
        "modelops_prompt_tokens", description: "Prompt tokens, those reused from the cache too.");
    private static readonly Counter<long> CachedTokens = Meter.CreateCounter<long>(
        "modelops_prompt_tokens_cached", description: "Prompt tokens that were reused.");
    private static readonly Counter<long> GeneratedTokens = Meter.CreateCounter<long>(
        "modelops_generated_tokens", description: "Tokens generated.");
    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>(
        "modelops_dropped_messages", description: "Messages cut from prompts to make them fit.");
    private static readonly Counter<long> Cut = Meter.CreateCounter<long>(
        "modelops_cut_tokens", description: "Tokens cut out of the middle of prompts to make them fit.");
    private static readonly Counter<long> Ignored = Meter.CreateCounter<long>(
        "modelops_ignored_settings", description: "Client settings that the policy of a managed model overrode.");
    private static readonly Counter<long> KeyRequests = Meter.CreateCounter<long>(
        "modelops_key_requests", description: "Requests by key and status.");
    private static readonly Counter<long> KeyTokens = Meter.CreateCounter<long>(
        "modelops_key_tokens", description: "Tokens of prompts and answers by key.");
    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "modelops_access_refused", description: "Requests that were refused for who asked, by reason.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "modelops_inference_seconds", "s", "Time from request to last token.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
        });

    internal static void Count(string method, string route, int status) =>
        Requests.Add(1, new("method", method), new("route", route), new("status", status));

    internal static void CountWebhook(string source, int status) => Webhooks.Add(1, new("source", source), new("status", status));

    /// <summary>Counts a request of a key; the names of keys are bounded by their file.</summary>
    internal static void CountOfKey(string key, int status) => KeyRequests.Add(1, new("key", key), new("status", status));

    /// <summary>Counts what a key had computed.</summary>
    internal static void CountTokensOfKey(string key, long tokens) => KeyTokens.Add(tokens, new KeyValuePair<string, object?>("key", key));

    /// <summary>Counts a refusal: no key where one is needed, a wrong one, or one without the scope.</summary>
    internal static void CountRefused(string reason) => Refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    internal static void Count(InferenceEvent.Admitted admitted)
    {
        if (admitted.DroppedMessages > 0)
            Dropped.Add(admitted.DroppedMessages);
        if (admitted.CutTokens > 0)
            Cut.Add(admitted.CutTokens);
        if (!admitted.IgnoredSettings.IsDefaultOrEmpty)
            Ignored.Add(admitted.IgnoredSettings.Length);
    }

    internal static void Count(InferenceMetrics metrics)
    {
        PromptTokens.Add(metrics.PromptTokens);
        CachedTokens.Add(metrics.CachedTokens);
        GeneratedTokens.Add(metrics.GeneratedTokens);
        if (metrics.Total > TimeSpan.Zero)
            Duration.Record(metrics.Total.TotalSeconds);
    }
}
