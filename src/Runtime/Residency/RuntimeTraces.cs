using System.Diagnostics;

namespace ModelOps.Runtime.Residency;

/// <summary>
/// Spans of the activity source <c>ModelOps.Runtime</c>; docs/spec/metrics.md lists them. They cost nothing without a listener.
/// </summary>
internal static class RuntimeTraces
{
    private static readonly ActivitySource Source = new(EngineMetrics.Name);

    /// <summary>Begins a span about a model, weights or a profile.</summary>
    internal static Activity? Start(string name, string subject, DateTimeOffset since = default)
    {
        if (!Source.HasListeners())
            return null;
        var activity = since == default
            ? Source.StartActivity(name)
            : Source.StartActivity(name, ActivityKind.Internal, default(ActivityContext), startTime: since);
        return activity?.SetTag("modelops.subject", subject);
    }

    /// <summary>Records a span for work that is over, under the request that it was done for.</summary>
    internal static void Tell(string name, string subject, DateTimeOffset from, DateTimeOffset to, int tokens)
    {
        if (!Source.HasListeners())
            return;
        using var activity = Source.StartActivity(name, ActivityKind.Internal, Activity.Current?.Context ?? default, startTime: from);
        activity?.SetTag("modelops.subject", subject).SetTag("modelops.tokens", tokens).SetEndTime(to.UtcDateTime);
    }
}
