using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Status;

/// <summary>Turns the knowledge of a pass into the public status.</summary>
internal sealed class StatusWriter(
    StatusBoard board, SuspensionRecords suspensions, HistoryRecords history, PauseRecords pauses, AtRestRecords atRest, TimeProvider time)
{
    private const int ShownHistory = 20;

    private readonly DateTimeOffset _started = time.GetUtcNow();

    /// <summary>Publishes the status.</summary>
    /// <param name="sources">What is known of each source, in their order.</param>
    internal void Write(ImmutableArray<SourceView> sources)
    {
        var models = sources.SelectMany(ModelsOf)
            .OrderBy(model => ModelName.Parse(model.Name).FullName, StringComparer.Ordinal).ToImmutableArray();
        var shown = sources.Select(SourceOf).ToImmutableArray();
        var orphans = sources.SelectMany(OrphansOf).ToImmutableArray();
        string Told(SourceView source, string message) => sources.Length > 1 ? $"source {source.Options.Name}: {message}" : message;
        board.Publish(
            new DaemonStatus
            {
                Sync = sources.All(source => source.State.Accepted is null) ? SyncState.Unknown
                    : sources.All(IsSynced) ? SyncState.Synced
                    : SyncState.OutOfSync,
                Health = sources.Max(HealthOf),
                Source = shown.FirstOrDefault(),
                Sources = shown,
                Suspended = suspensions.Find()?.Reason,
                Models = models,
                Orphaned = [.. orphans.Select(orphan => orphan.Name)],
                Orphans = orphans,
                Diagnostics =
                [
                    .. sources.SelectMany(source => (source.State.Rejected?.Diagnostics ?? source.State.Accepted?.Diagnostics ?? [])
                        .Select(problem => StatusDiagnostic.Of(problem, source.Options.Name))),
                ],
                History = [.. history.Latest(ShownHistory)],
                LastError = sources.Select(source => ErrorOf(source.State) is { } error ? Told(source, error) : null)
                    .Concat(models.Select(model => model.Message is { } message ? ModelSentence.Of(model.Name, message) : null))
                    .FirstOrDefault(message => message is not null),
            },
            new StatusFacts
            {
                Names = sources.SelectMany(source => source.State.Accepted?.Desired.Models ?? [])
                    .DistinctBy(model => model.Name)
                    .ToImmutableDictionary(model => model.Name.ShortName, model => model.Name, StringComparer.Ordinal),
                Serves = sources.Any(source => source is { Applied: not null, Work: not null }) && sources.All(ServesWhatItDid),
                Sources = [.. sources.Select(FactsOf)],
            });
    }

    private static string? ErrorOf(SourceState state) => state.TrustLoss ?? state.Rejected?.Message ?? state.Error;

    private static bool IsSynced(SourceView source) =>
        source is { Converged: true, State: { Rejected: null, HasNewer: false } };

    private static HealthState HealthOf(SourceView source) =>
        (source.Suspended ?? source.Paused) is not null ? HealthState.Suspended
        : source.State.Accepted is null ? HealthState.Unknown
        : HealthState.Healthy;

    /// <summary>
    /// It is not stopped, and no name that was its before is missing. A model that is new does not count: it was never served, so nobody
    /// misses it yet.
    /// </summary>
    private static bool ServesWhatItDid(SourceView source) =>
        source.Stopped is null
        && (source.Work is not { } work
            || work.Desired.Models.SelectMany(model => model.Names)
                .All(name => work.Actual.Stored.ContainsKey(name) || !work.Actual.Managed.ContainsKey(name)));

    private SourceFacts FactsOf(SourceView source) => new(source.Options.Name, source.State)
    {
        Url = source.Reader.Display,
        Suspended = source.Suspended,
        Paused = source.Paused,
        Converged = source.Converged,
        Plan = source.Work?.Plan,
        MaxAge = source.MaxAge,
        Seen = source.State.LastSuccess ?? _started,
    };

    private SourceStatus SourceOf(SourceView source)
    {
        var read = atRest.Find(source.Options.Name);
        var state = source.State;
        var accepted = state.Accepted?.Desired.Revision;
        return new SourceStatus
        {
            Name = source.Options.Name,
            Suspended = source.Suspended ?? source.Paused,
            SuspendedInGit = source.Suspended is null && source.Paused is not null,
            Url = source.Reader.Display,
            Git = source.Reader.Git,
            LargeFiles = source.Reader.LargeFiles,
            Remote = state.ErrorSince is null ? source.Reader.Remote : null,
            Branch = source.Options.Branch,
            Reference = source.Options.Reference,
            Path = source.Options.Path,
            Tip = state.Tip,
            Accepted = accepted,
            Applied = source.Applied is { } applied && (source.Converged || applied != accepted) ? applied : null,
            Subject = state.Accepted?.Tree.Facts.Subject ?? "",
            Author = state.Accepted?.Tree.Facts.Author ?? "",
            Stages = state.Stages,
            Trust = state.Trust,
            MaxAgeSeconds = (long)source.MaxAge.TotalSeconds,
            AtRest = read is null ? null : new AtRestStatus(read.BegunAt, read.EndedAt, read.Blobs, read.Bytes),
            LastFetch = state.LastFetch,
            LastSuccess = state.LastSuccess,
            Error = ErrorOf(state),
            ErrorSince = state.ErrorSince,
            NextLook = state.ErrorSince is null ? null : state.LastFetch + source.Interval,
        };
    }

    private static IEnumerable<OrphanStatus> OrphansOf(SourceView source) => source.Work is not { } work ? [] : work.Plan.Notes
        .Where(note => note.Reason is "Orphaned" or "PruneBlocked")
        .Select(note => OrphanOf(note, work.Actual));

    private static OrphanStatus OrphanOf(PlanNote note, ActualState actual)
    {
        var managed = actual.Managed[note.Model];
        return new OrphanStatus
        {
            Name = note.Model.ShortName,
            Model = managed.Model.ShortName,
            Source = managed.Source,
            Protected = managed.Protect,
            Residency = actual.Policies.GetValueOrDefault(note.Model)?.Residency ?? ResidencyMode.OnDemand,
            ServedBuild = actual.Stored.GetValueOrDefault(note.Model),
            Since = actual.Undeclared.TryGetValue(note.Model, out var since) ? since : null,
            Reason = note.Reason == "PruneBlocked" ? ConditionReason.PruneBlocked : null,
            Message = note.Message,
        };
    }

    private IEnumerable<ModelStatus> ModelsOf(SourceView source)
    {
        if (source.Work is not { } work)
            return [];
        var plans = work.Plan.Models.DistinctBy(plan => plan.Model).ToDictionary(plan => plan.Model);
        var notes = work.Plan.Notes.DistinctBy(note => note.Model).ToDictionary(note => note.Model);
        return work.Desired.Models.Select(
            model => ModelStatusOf(
                model, plans.GetValueOrDefault(model.Name), notes.GetValueOrDefault(model.Name), work.Actual,
                source.Failures.GetValueOrDefault(model.Name)) with
            {
                Source = source.Options.Name,
                Pause = pauses.Find(model.Name.FullName) is { } pause
                    ? new PauseStatus(pause.At, (long)pause.Took.TotalMilliseconds, pause.Waited, pause.Refused)
                    : null,
            });
    }

    private static ModelStatus ModelStatusOf(
        DesiredModel model, ModelPlan? pending, PlanNote? note, ActualState actual, ModelFailure? failure)
    {
        var wanted = actual.Builds.GetValueOrDefault(model.Inputs)?.Build;
        var served = actual.Stored.GetValueOrDefault(model.Name);
        var hold = actual.Holds.GetValueOrDefault(model.Name);
        var synced = wanted is not null && model.Names.All(name => actual.Stored.GetValueOrDefault(name) == wanted);
        return new ModelStatus
        {
            Name = model.Name.ShortName,
            Aliases = [.. model.Spec.Aliases.Select(alias => alias.ShortName)],
            DeclaredAt = model.Spec.DeclaredAt,
            Sync = synced ? SyncState.Synced : SyncState.OutOfSync,
            Health = served is null ? HealthState.Missing
                : failure is not null || hold is not null || note is { Reason: not "WindowClosed" } ? HealthState.Degraded
                : pending is not null && note is null ? HealthState.Progressing
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
                : new FailureStatus(failure.Reason, failure.Message, failure.Attempts, failure.Due) { Since = failure.Since },
            Reason = failure is not null ? ReasonWords.Of(failure.Reason)
                : hold is not null ? ReasonOf(hold)
                : note is not null ? ReasonWords.Of(note.Reason)
                : null,
            Message = failure is not null ? MessageOf(failure, model) : note?.Message ?? hold?.Reason,
        };
    }

    /// <summary>Why it failed, and what to do where nothing is tried by itself.</summary>
    private static string MessageOf(ModelFailure failure, DesiredModel model) => failure.Due is not null
        ? failure.Message
        : $"{failure.Message}; change it in git, or put right where it comes from and then 'modelops retry {model.Name.PlainName}'";

    private static ConditionReason ReasonOf(Hold hold) => hold.Reach switch
    {
        HoldReach.Attempt when hold.Actor == Hold.ByCanary => ConditionReason.CanaryAborted,
        HoldReach.Attempt => ConditionReason.GateFailed,
        HoldReach.Build => ConditionReason.RolledBack,
        _ => ConditionReason.Held,
    };
}
