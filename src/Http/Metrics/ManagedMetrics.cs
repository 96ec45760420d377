using System.Collections.Immutable;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Showing;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Http.Metrics;

/// <summary>Gauges of what git asks for and what is there, read from the status at the moment of asking.</summary>
internal sealed class ManagedMetrics(StatusBoard? board, LocalStore store, HttpOptions options)
{
    private static readonly ConditionType[] s_shown =
    [
        ConditionType.Ready, ConditionType.Reconciling, ConditionType.Stalled, ConditionType.SourceStale, ConditionType.Drifted,
        ConditionType.RolledBack, ConditionType.PruneBlocked, ConditionType.Suspended,
    ];

    /// <summary>Names of the sources that are followed.</summary>
    internal IReadOnlyCollection<string> Sources => [.. board?.Current.Sources.Select(source => source.Name) ?? []];

    /// <summary>Short names of the managed models and their aliases.</summary>
    internal IReadOnlyCollection<string> Models =>
        [.. board?.Current.Models.SelectMany(model => model.Aliases.Insert(0, model.Name)) ?? []];

    internal void Write(MetricPage page)
    {
        page.Head("modelops_build_info", "The version that runs, and the commit that it was built from.", "gauge");
        page.Value(1, ("version", options.Product), ("commit", options.ProductCommit));
        page.Head("modelops_store_free_bytes", "Bytes that are free where builds lie.", "gauge");
        if (store.FreeBytes is { } free)
            page.Value(free);
        var status = board?.Current ?? new DaemonStatus { Ready = true };
        page.Head("modelops_ready", "The newest revision is in force, the source is fresh, and every model works.", "gauge");
        page.Value(status.Ready ? 1 : 0);
        WriteSources(page, status.Sources);
        WriteConditions(page, status);
        WriteModels(page, status);
    }

    private static void WriteSources(MetricPage page, ImmutableArray<SourceStatus> sources)
    {
        page.Head("modelops_source_last_success_timestamp_seconds", "When the source last answered; 0 for never.", "gauge");
        foreach (var source in sources)
            page.Value(source.LastSuccess?.ToUnixTimeMilliseconds() / 1000.0 ?? 0, ("source", source.Name));
        page.Head("modelops_source_revision_info", "1 for the revision that the source is at, in each state.", "gauge");
        foreach (var source in sources)
        {
            (string State, string? Revision)[] states =
                [("tip", source.Tip), ("verified", Verified(source)), ("accepted", source.Accepted), ("applied", source.Applied)];
            foreach (var (state, revision) in states)
                page.Value(revision is null ? 0 : 1, ("source", source.Name), ("state", state), ("revision", revision ?? ""));
        }
    }

    /// <summary>The newest revision whose signatures are good; null where none are asked for.</summary>
    private static string? Verified(SourceStatus source) =>
        source.Stages.All(stage => stage is not { Stage: RevisionStage.Verified, Verdict: StageVerdict.Passed }) ? null
        : source.Stages.Any(stage => stage.Verdict == StageVerdict.Failed) ? source.Tip
        : source.Accepted;

    /// <summary>What holds of all together (<c>set</c>) and of each source.</summary>
    private static void WriteConditions(MetricPage page, DaemonStatus status)
    {
        page.Head("modelops_condition", "1 for what holds of the set or of a source, 0 for what does not.", "gauge");
        Conditions("set", status.Conditions, status.Ready);
        foreach (var source in status.Sources)
            Conditions(SourceObject(source), source.Conditions, source.Ready);

        page.Head("modelops_suspended", "1 while changes are not applied.", "gauge");
        page.Value(status.Suspended is null ? 0 : 1, ("object", "set"));
        foreach (var source in status.Sources)
            page.Value(source.Suspended is null ? 0 : 1, ("object", SourceObject(source)));

        void Conditions(string of, ImmutableArray<Condition> conditions, bool ready)
        {
            foreach (var type in s_shown)
            {
                var holds = conditions.FirstOrDefault(condition => condition.Type == type)?.Status
                    ?? (type == ConditionType.Ready && ready);
                page.Value(holds ? 1 : 0, ("object", of), ("type", type.ToString()), ("status", "true"));
                page.Value(holds ? 0 : 1, ("object", of), ("type", type.ToString()), ("status", "false"));
            }
        }
    }

    private static string SourceObject(SourceStatus source) => $"source/{source.Name}";

    private void WriteModels(MetricPage page, DaemonStatus status)
    {
        page.Head("modelops_model_info", "1 for what a managed model serves.", "gauge");
        foreach (var model in status.Models)
        {
            var details = DetailsOf(model.Name);
            page.Value(
                1, ("model", model.Name), ("build", model.ServedBuild ?? ""), ("architecture", details?.Family ?? ""),
                ("quantization", details?.QuantizationLevel ?? ""));
        }

        Gauge("modelops_model_resident", "1 while a managed model is in memory.", model => model.Resident);
        Gauge("modelops_model_desired_resident", "1 for a managed model that is to be in memory always.",
            model => model.Residency == ResidencyMode.Always);
        Gauge(
            "modelops_model_synced", "1 while a managed model serves the build that git asks for.",
            model => model.Sync == SyncState.Synced);
        Gauge("modelops_hold", "1 while a build of a managed model is refused.", model => model.Hold is not null);

        void Gauge(string name, string help, Func<ModelStatus, bool> holds)
        {
            page.Head(name, help, "gauge");
            foreach (var model in status.Models)
                page.Value(holds(model) ? 1 : 0, ("model", model.Name));
        }
    }

    private ModelDetails? DetailsOf(string name)
    {
        try
        {
            return ModelName.TryParse(name, out var parsed) && store.Find(parsed) is { } stored
                ? ListedModel.Of(store, stored).Details
                : null;
        }
        catch (StoreException)
        {
            return null;
        }
    }
}
