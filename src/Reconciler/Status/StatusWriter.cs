using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Status;

/// <summary>Turns the knowledge of a pass into the public status.</summary>
internal sealed class StatusWriter(
    StatusBoard board, ReconcilerOptions options, IRepositorySource reader, RevisionRecords revisions, HoldRecords holds,
    HistoryRecords history, TimeProvider time)
{
    private const int ShownHistory = 20;

    private static readonly TimeSpan s_shortestMaxAge = TimeSpan.FromMinutes(5);

    private readonly DateTimeOffset _started = time.GetUtcNow();

    private TimeSpan MaxAge => options.SourceMaxAge ?? Longer(options.Source.PollInterval * 10, s_shortestMaxAge);

    /// <summary>Publishes the status.</summary>
    /// <param name="source">What is known of the source.</param>
    /// <param name="plan">What is left to do; null when nothing is accepted.</param>
    /// <param name="actual">What is there.</param>
    /// <param name="failures">What failed.</param>
    internal void Write(SourceState source, Plan? plan, ActualState? actual, ImmutableDictionary<ModelName, ModelFailure> failures)
    {
        var desired = source.Accepted?.Desired;
        var models = desired is not null && plan is not null && actual is not null
            ? desired.Models.Select(model => ModelStatusOf(model, plan, actual, failures)).ToImmutableArray()
            : [];
        var converged = desired is not null && plan is not null && actual is not null
            && Convergence.Holds(desired, actual, plan, failures);
        var shown = SourceOf(source, converged);
        var orphans = plan is null || actual is null
            ? []
            : plan.Notes.Where(note => note.Reason is "Orphaned" or "PruneBlocked")
                .Select(note => OrphanOf(note, actual)).ToImmutableArray();
        board.Publish(
            new DaemonStatus
            {
                Sync = desired is null ? SyncState.Unknown
                    : converged && source.Rejected is null && !source.HasNewer ? SyncState.Synced
                    : SyncState.OutOfSync,
                Health = revisions.Suspended is not null ? HealthState.Suspended
                    : desired is null ? HealthState.Unknown
                    : HealthState.Healthy,
                Source = shown,
                Sources = [shown],
                Suspended = revisions.Suspended,
                Models = models,
                Orphaned = [.. orphans.Select(orphan => orphan.Name)],
                Orphans = orphans,
                Diagnostics = [.. (source.Rejected?.Diagnostics ?? source.Accepted?.Diagnostics ?? []).Select(StatusDiagnostic.Of)],
                History = [.. history.Latest(ShownHistory)],
                LastError = source.Rejected?.Message ?? source.Error ?? models.FirstOrDefault(model => model.Message is not null)?.Message,
            },
            new StatusFacts
            {
                Names = (desired?.Models ?? [])
                    .ToImmutableDictionary(model => model.Name.ShortName, model => model.Name, StringComparer.Ordinal),
                Converged = converged,
                Serves = actual is not null && ServesWhatItDid(desired!, actual),
                Plan = plan,
                Source = source,
                SourceMaxAge = MaxAge,
                SourceSeen = source.LastSuccess ?? _started,
            });
    }

    /// <summary>
    /// Some revision was once in force, and no name that was ours before is missing. A model that is new does not count: it was never
    /// served, so nobody misses it yet.
    /// </summary>
    private bool ServesWhatItDid(DesiredState desired, ActualState actual) =>
        revisions.Applied is not null
            && desired.Models.SelectMany(model => model.Names)
                .All(name => actual.Stored.ContainsKey(name) || !actual.Managed.ContainsKey(name));

    private SourceStatus SourceOf(SourceState source, bool converged) => new()
    {
        Name = options.Source.Name,
        Url = reader.Display,
        Git = reader.Git,
        Remote = source.ErrorSince is null ? reader.Remote : null,
        Branch = options.Source.Branch,
        Reference = options.Source.Reference,
        Path = options.Source.Path,
        Tip = source.Tip,
        Accepted = source.Accepted?.Desired.Revision,
        Applied = revisions.Applied is { } applied && (converged || applied != source.Accepted?.Desired.Revision) ? applied : null,
        Subject = source.Accepted?.Tree.Facts.Subject ?? "",
        Author = source.Accepted?.Tree.Facts.Author ?? "",
        Stages = source.Stages,
        MaxAgeSeconds = (long)MaxAge.TotalSeconds,
        LastFetch = source.LastFetch,
        LastSuccess = source.LastSuccess,
        Error = source.Rejected?.Message ?? source.Error,
        ErrorSince = source.ErrorSince,
        NextLook = source.ErrorSince is null ? null : source.LastFetch + options.Source.PollInterval,
    };

    private static OrphanStatus OrphanOf(PlanNote note, ActualState actual)
    {
        var managed = actual.Managed[note.Model];
        return new OrphanStatus
        {
            Name = note.Model.ShortName,
            Model = managed.Model.ShortName,
            Protected = managed.Protect,
            Residency = actual.Policies.GetValueOrDefault(note.Model)?.Residency ?? ResidencyMode.OnDemand,
            ServedBuild = actual.Stored.GetValueOrDefault(note.Model),
            Since = actual.Undeclared.TryGetValue(note.Model, out var since) ? since : null,
            Reason = note.Reason == "PruneBlocked" ? ConditionReason.PruneBlocked : null,
            Message = note.Message,
        };
    }

    private ModelStatus ModelStatusOf(
        DesiredModel model, Plan plan, ActualState actual, ImmutableDictionary<ModelName, ModelFailure> failures)
    {
        var pending = plan.Models.FirstOrDefault(candidate => candidate.Model == model.Name);
        var wanted = actual.Builds.GetValueOrDefault(model.Inputs)?.Build;
        var served = actual.Stored.GetValueOrDefault(model.Name);
        var hold = holds.All.GetValueOrDefault(model.Name.FullName);
        var failure = failures.GetValueOrDefault(model.Name);
        var note = plan.Notes.FirstOrDefault(note => note.Model == model.Name);
        var synced = wanted is not null && model.Names.All(name => actual.Stored.GetValueOrDefault(name) == wanted);
        return new ModelStatus
        {
            Name = model.Name.ShortName,
            Aliases = [.. model.Spec.Aliases.Select(alias => alias.ShortName)],
            DeclaredAt = model.Spec.DeclaredAt,
            Sync = synced ? SyncState.Synced : SyncState.OutOfSync,
            Health = served is null ? HealthState.Missing
                : failure is not null || hold is not null || note is not null ? HealthState.Degraded
                : pending is not null ? HealthState.Progressing
                : HealthState.Healthy,
            Phase = hold is not null
                ? ModelPhase.RolledBack
                : failure is not null ? ModelPhase.Failed : synced ? ModelPhase.Switched : ModelPhase.Pending,
            Residency = HoldScope.KeptPolicy(model, actual)?.Residency ?? model.Spec.Residency.Mode,
            ServedBuild = served,
            DesiredBuild = wanted,
            UpdateClass = pending?.Class is { } updateClass ? DiffWords.Of(updateClass) : null,
            Inputs = model.Inputs,
            Hold = hold?.Reason,
            HeldBy = hold?.Actor,
            HeldSince = hold?.At,
            Failure = failure is null
                ? null
                : new FailureStatus(failure.Reason, failure.Message, failure.Attempts, failure.Due),
            Reason = failure is not null ? ReasonWords.Of(failure.Reason)
                : hold is not null ? ReasonOf(hold)
                : note is not null ? ReasonWords.Of(note.Reason)
                : null,
            Message = failure?.Message ?? note?.Message ?? hold?.Reason,
        };
    }

    private static ConditionReason ReasonOf(Hold hold) => hold.Reach switch
    {
        HoldReach.Attempt => ConditionReason.GateFailed,
        HoldReach.Build => ConditionReason.RolledBack,
        _ => ConditionReason.Held,
    };

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
