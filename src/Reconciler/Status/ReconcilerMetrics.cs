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
    private static readonly Histogram<double> s_switchTime = Seconds(
        "modelops_switch_duration_seconds", "From the begin of the work on a model's new build until its names serve it.",
        0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 120, 600, 1800, 7200);
    private static readonly Counter<long> s_gates = s_meter.CreateCounter<long>(
        "modelops_gate_runs", description: "Gates that a build was asked, by result.");
    private static readonly Counter<long> s_rollbacks = s_meter.CreateCounter<long>(
        "modelops_rollbacks", description: "Names that were given their earlier build back.");
    private static readonly Counter<long> s_prunes = s_meter.CreateCounter<long>(
        "modelops_prune", description: "Names that are no longer declared, by what became of them.");
    private static readonly Counter<long> s_events = s_meter.CreateCounter<long>(
        "modelops_events", description: "Events that were told, by kind.");
    private static readonly Counter<long> s_notifications = s_meter.CreateCounter<long>(
        "modelops_notifications", description: "Notifications by receiver and result.");

    private static readonly Counter<long> s_builds = s_meter.CreateCounter<long>(
        "modelops_builds", description: "Builds that were made, or could not be.");
    private static readonly Counter<long> s_mismatches = s_meter.CreateCounter<long>(
        "modelops_digest_mismatch", description: "Times that bytes were not those that their digest names, by where that was seen.");
    private static readonly Counter<long> s_drift = s_meter.CreateCounter<long>(
        "modelops_drift", description: "Drift that was found, and drift that was put right.");
    private static readonly Counter<long> s_pulledBytes = s_meter.CreateCounter<long>(
        "modelops_pull_bytes", "By", "Bytes that were downloaded for builds.");
    private static readonly Histogram<double> s_pullTime = Seconds(
        "modelops_pull_duration_seconds", "Time of a download for a build that came to its end.",
        0.1, 0.3, 1, 3, 10, 30, 120, 600, 1800, 7200);
    private static readonly Counter<long> s_pullFailures = s_meter.CreateCounter<long>(
        "modelops_pull_failures", description: "Downloads for builds that failed, by reason.");
    private static readonly Histogram<double> s_restoreTime = Seconds(
        "modelops_residency_restore_seconds", "Time that a pinned model was out of memory, until it was there again.",
        0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1800, 3600);
    private static readonly Counter<double> s_violation = s_meter.CreateCounter<double>(
        "modelops_residency_violation_seconds", "s", "Time that pinned models were out of memory; counted when they are back.");
    private static readonly Counter<long> s_fights = s_meter.CreateCounter<long>(
        "modelops_drift_fights", description: "Times that a model was not put right any more, since something undid it again and again.");

    /// <summary>A pass has ended.</summary>
    internal static void Passed(bool hadWork, string result, TimeSpan time)
    {
        var (kind, outcome) = (Tag("kind", hadWork ? "work" : "look"), Tag("result", result));
        s_passes.Add(1, kind, outcome);
        s_passTime.Record(time.TotalSeconds, kind, outcome);
    }

    /// <summary>A receiver is told from now on; its series begin with zero.</summary>
    internal static void Notifies(string receiver)
    {
        Notified(receiver, isTaken: true, count: 0);
        Notified(receiver, isTaken: false, count: 0);
    }

    /// <summary>A receiver took a notification, or did not.</summary>
    internal static void Notified(string receiver, bool isTaken, int count = 1) =>
        s_notifications.Add(count, Tag("receiver", receiver), Tag("result", isTaken ? "delivered" : "undelivered"));

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

    /// <summary>Bytes were downloaded for a build.</summary>
    internal static void Pulled(string origin, long bytes) => s_pulledBytes.Add(bytes, Tag("origin", origin));

    /// <summary>A download came to its end.</summary>
    internal static void PullEnded(string origin, TimeSpan time) => s_pullTime.Record(time.TotalSeconds, Tag("origin", origin));

    /// <summary>A download failed.</summary>
    internal static void PullFailed(string origin, string reason) =>
        s_pullFailures.Add(1, Tag("origin", origin), Tag("reason", reason));

    /// <summary>A pinned model is in memory again.</summary>
    internal static void Restored(string model, TimeSpan time)
    {
        s_restoreTime.Record(time.TotalSeconds, Tag("model", model));
        s_violation.Add(time.TotalSeconds, Tag("model", model));
    }

    /// <summary>A model serves its new build.</summary>
    /// <param name="model">Its short name.</param>
    /// <param name="strategy">How the build came into memory.</param>
    /// <param name="time">What it took in all.</param>
    internal static void Switched(string model, string strategy, TimeSpan time) =>
        s_switchTime.Record(time.TotalSeconds, Tag("model", model), Tag("strategy", strategy));

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
            case EventKind.BuildCompleted or EventKind.BuildFailed:
                s_builds.Add(1, Tag("result", kind == EventKind.BuildCompleted ? "made" : "failed"));
                break;
            case EventKind.DigestMismatch:
                s_builds.Add(1, Tag("result", "failed"));
                s_mismatches.Add(1, Tag("stage", "import"));
                break;
            case EventKind.WeightsDamaged:
                s_mismatches.Add(1, Tag("stage", "rest"));
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
    internal static void Told(EventKind kind)
    {
        s_events.Add(1, Tag("type", kind.ToString()));
        if (kind is EventKind.DriftDetected or EventKind.DriftCorrected)
            s_drift.Add(1, Tag("result", kind == EventKind.DriftDetected ? "found" : "corrected"));
        else if (kind == EventKind.FightDetected)
            s_fights.Add(1);
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    private static Histogram<double> Seconds(string name, string description, params double[] borders) => s_meter.CreateHistogram(
        name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = borders });
}
