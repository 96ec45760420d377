using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;

namespace ModelOps.Http.Metrics;

/// <summary>
/// The label sets of our instruments that are known before anything happens, so that each series is there from the start: a rate needs a
/// zero to begin with. An instrument that is not named here has no labels.
/// </summary>
internal static class KnownSeries
{
    // Stand for the source and the managed models of the moment.
    private const string Source = "\0source";
    private const string Model = "\0model";

    private static readonly (string Label, string[]? Values)[] s_passes =
        [("kind", ["look", "work"]), ("result", ["settled", "waiting", "failed"])];

    private static readonly (string Label, string[]? Values)[] s_origins = [("origin", ["registry", "web"])];

    private static readonly string[] s_rejections =
        [nameof(ConditionReason.InvalidRevision), nameof(ConditionReason.HistoryRewound), nameof(ConditionReason.PolicyDenied)];

    private static readonly Dictionary<string, (string Label, string[]? Values)[]> s_labels = new(StringComparer.Ordinal)
    {
        ["modelops_http_requests"] = [("method", null), ("route", null), ("status", null)],
        ["modelops_webhook_requests"] = [("source", null), ("status", null)],
        ["modelops_key_requests"] = [("key", null), ("status", null)],
        ["modelops_key_tokens"] = [("key", null)],
        ["modelops_access_refused"] = [("reason", ["missing", "wrong", "scope"])],
        ["modelops_engine_loads"] = [("outcome", ["loaded", "failed", "cancelled"])],
        ["modelops_engine_unloads"] = [("reason", ["evicted", "idle"])],
        ["modelops_refused_requests"] =
            [("reason", ["queue_full", "never_fits", "load_failed", "crash_loop", "timed_out", "moved"])],
        ["modelops_plan_error_ratio"] = [("quantity", ["memory"])],
        ["modelops_first_token_seconds"] = [("model", null)],
        ["modelops_prefill_seconds"] = [("model", null)],
        ["modelops_token_seconds"] = [("model", null)],
        ["modelops_reconcile"] = s_passes,
        ["modelops_reconcile_duration_seconds"] = s_passes,
        ["modelops_source_fetch_duration_seconds"] = [("source", [Source])],
        ["modelops_source_failures"] = [("source", [Source]), ("reason", Enum.GetNames<SourceFailure>())],
        ["modelops_revision_rejected"] = [("source", [Source]), ("reason", s_rejections)],
        ["modelops_sync_lag_seconds"] = [("source", [Source])],
        ["modelops_commit_lag_seconds"] = [("source", [Source])],
        ["modelops_switch"] = [("model", [Model]), ("result", ["done", "failed"])],
        ["modelops_switch_failed_requests"] = [("model", [Model]), ("reason", ["queue_full", "timed_out", "canary", "engine_died"])],
        ["modelops_switch_duration_seconds"] = [("model", [Model]), ("strategy", ["unloaded", "warmStandby", "drainSwap"])],
        ["modelops_gate_runs"] = [("model", [Model]), ("result", ["passed", "failed"])],
        ["modelops_rollbacks"] = [("model", [Model])],
        ["modelops_builds"] = [("result", ["made", "failed"])],
        ["modelops_digest_mismatch"] = [("stage", ["import", "rest"])],
        ["modelops_drift"] = [("result", ["found", "corrected"])],
        ["modelops_pull_bytes"] = s_origins,
        ["modelops_pull_duration_seconds"] = s_origins,
        ["modelops_pull_failures"] =
            [.. s_origins, ("reason", [nameof(ConditionReason.PullFailed), nameof(ConditionReason.DigestMismatch)])],
        ["modelops_residency_restore_seconds"] = [("model", [Model])],
        ["modelops_residency_violation_seconds"] = [("model", [Model])],
        ["modelops_prune"] = [("result", ["pruned", "failed", "blocked"])],
        ["modelops_notifications"] = [("receiver", null), ("result", null)],
        ["modelops_events"] = [("type", Enum.GetNames<EventKind>())],
    };

    /// <summary>Label sets, each as pairs in the order of the instrument; one empty set for an instrument without labels.</summary>
    /// <param name="instrument">Name of the instrument.</param>
    /// <param name="sources">The sources that are followed.</param>
    /// <param name="models">Short names of the managed models and their aliases.</param>
    internal static IEnumerable<KeyValuePair<string, object?>[]> Of(
        string instrument, IReadOnlyCollection<string> sources, IReadOnlyCollection<string> models)
    {
        IEnumerable<KeyValuePair<string, object?>[]> sets = [[]];
        foreach (var (label, values) in s_labels.GetValueOrDefault(instrument, []))
        {
            if (values is null)
                return [];
            IEnumerable<string> expanded = values is [Source] ? sources : values is [Model] ? models : values;
            sets = sets.SelectMany(set => expanded.Select(value => (KeyValuePair<string, object?>[])[.. set, new(label, value)]));
        }

        return sets;
    }
}
