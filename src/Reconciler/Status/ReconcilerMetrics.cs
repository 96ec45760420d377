using System.Diagnostics.Metrics;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Status;

/// <summary>What the reconciler counts. Names and labels are frozen: <c>docs/spec/metrics.md</c>.</summary>
internal static class ReconcilerMetrics
{
    private static readonly Meter s_meter = new("ModelOps.Reconciler");

    private static readonly Counter<long> s_failed = s_meter.CreateCounter<long>(
        "modelops_failed_passes", description: "Passes that ended in an error that nobody thought of.");
    private static readonly Counter<long> s_passes = s_meter.CreateCounter<long>(
        "modelops_reconcile", description: "Passes by kind and result.");
    private static readonly Histogram<double> s_passTime = Seconds(
        "modelops_reconcile_duration_seconds", "Time of a pass.", 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 120, 600, 1800);
    private static readonly Histogram<double> s_fetchTime = Seconds(
        "modelops_source_fetch_duration_seconds", "Time to ask the source, and to fetch and read what is new.",
        0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 120);
    private static readonly Counter<long> s_sourceFailures = s_meter.CreateCounter<long>(
        "modelops_source_failures", description: "Times that the source did not answer, by reason.");
    private static readonly Counter<long> s_rejected = s_meter.CreateCounter<long>(
        "modelops_revision_rejected", description: "Revisions that were not accepted, by reason.");
    private static readonly Histogram<double> s_syncLag = Seconds(
        "modelops_sync_lag_seconds", "From the acceptance of a revision until all of it is served.",
        0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1800, 3600);
    private static readonly Histogram<double> s_commitLag = Seconds(
        "modelops_commit_lag_seconds", "From the time of a commit until all of it is served.",
        0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1800, 3600, 21600, 86400);
    private static readonly Counter<long> s_switches = s_meter.CreateCounter<long>(
        "modelops_switch", description: "Names that were given another build, or could not be.");
    private static readonly Counter<long> s_gates = s_meter.CreateCounter<long>(
        "modelops_gate_runs", description: "Gates that a build was asked, by result.");
    private static readonly Counter<long> s_rollbacks = s_meter.CreateCounter<long>(
        "modelops_rollbacks", description: "Names that were given their earlier build back.");
    private static readonly Counter<long> s_prunes = s_meter.CreateCounter<long>(
        "modelops_prune", description: "Names that are no longer declared, by what became of them.");
    private static readonly Counter<long> s_events = s_meter.CreateCounter<long>(
        "modelops_events", description: "Events that were told, by kind.");

    /// <summary>A pass has ended.</summary>
    internal static void Passed(bool hadWork, string result, TimeSpan time)
    {
        var (kind, outcome) = (Tag("kind", hadWork ? "work" : "look"), Tag("result", result));
        s_passes.Add(1, kind, outcome);
        s_passTime.Record(time.TotalSeconds, kind, outcome);
    }

    /// <summary>A pass ended in an error that nobody thought of.</summary>
    internal static void PassFailed() => s_failed.Add(1);

    /// <summary>The source was asked.</summary>
    internal static void Fetched(string source, TimeSpan time) => s_fetchTime.Record(time.TotalSeconds, Tag("source", source));

    /// <summary>The source did not answer.</summary>
    internal static void FetchFailed(string source, string reason) =>
        s_sourceFailures.Add(1, Tag("source", source), Tag("reason", reason));

    /// <summary>A revision was not accepted.</summary>
    internal static void Rejected(string source, string reason) => s_rejected.Add(1, Tag("source", source), Tag("reason", reason));

    /// <summary>A revision is wholly served.</summary>
    internal static void Applied(string source, TimeSpan sinceAccepted, TimeSpan? sinceCommit)
    {
        s_syncLag.Record(Math.Max(0, sinceAccepted.TotalSeconds), Tag("source", source));
        if (sinceCommit is { } lag)
            s_commitLag.Record(Math.Max(0, lag.TotalSeconds), Tag("source", source));
    }

    /// <summary>Something happened, whether it is told again or not.</summary>
    internal static void Happened(EventKind kind, string subject)
    {
        switch (kind)
        {
            case EventKind.Switched or EventKind.SwitchFailed:
                s_switches.Add(1, Tag("model", subject), Tag("result", kind == EventKind.Switched ? "done" : "failed"));
                break;
            case EventKind.GatePassed or EventKind.GateFailed:
                s_gates.Add(1, Tag("model", subject), Tag("result", kind == EventKind.GatePassed ? "passed" : "failed"));
                break;
            case EventKind.RolledBack:
                s_rollbacks.Add(1, Tag("model", subject));
                break;
            case EventKind.Pruned or EventKind.PruneFailed or EventKind.PruneBlocked:
                var result = kind == EventKind.Pruned ? "pruned" : kind == EventKind.PruneFailed ? "failed" : "blocked";
                s_prunes.Add(1, Tag("result", result));
                break;
            default:
                break;
        }
    }

    /// <summary>An event was told.</summary>
    internal static void Told(EventKind kind) => s_events.Add(1, Tag("type", kind.ToString()));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static Histogram<double> Seconds(string name, string description, params double[] borders) => s_meter.CreateHistogram(
        name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = borders });
}
