using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diff;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Status;

/// <summary>Turns the knowledge of a pass into the public status.</summary>
internal sealed class StatusWriter(
    StatusBoard board, SourceOptions options, IRepositorySource reader, RevisionRecords revisions, HoldRecords holds, EventRecords history,
    TimeProvider time)
{
    private const int ShownHistory = 20;

    /// <summary>Publishes the status.</summary>
    /// <param name="source">What is known of the source.</param>
    /// <param name="plan">What is left to do; null when nothing is accepted.</param>
    /// <param name="actual">What is there.</param>
    /// <param name="failures">What failed.</param>
    internal void Write(SourceState source, Plan? plan, ActualState? actual, ImmutableDictionary<ModelName, ModelFailure> failures)
    {
        var models = source.Accepted is { } accepted && plan is not null && actual is not null
            ? accepted.Desired.Models.Select(model => ModelStatusOf(model, plan, actual, failures)).ToImmutableArray()
            : [];
        var converged = source.Accepted is not null && plan is { IsEmpty: true } && models.All(model => model.Sync == SyncState.Synced);
        var status = new DaemonStatus
        {
            Sync = source.Accepted is null
                ? SyncState.Unknown
                : converged && source.Rejected is null ? SyncState.Synced : SyncState.OutOfSync,
            Health = revisions.Suspended is not null
                ? HealthState.Suspended
                : source.Accepted is null ? HealthState.Unknown : HealthState.Healthy,
            Source = SourceOf(source),
            Suspended = revisions.Suspended,
            Models = models,
            Orphaned =
                [.. (plan?.Notes ?? []).Where(note => note.Reason is "Orphaned" or "PruneBlocked").Select(note => note.Model.ShortName)],
            Diagnostics = [.. (source.Rejected?.Diagnostics ?? source.Accepted?.Diagnostics ?? []).Select(StatusDiagnostic.Of)],
            History = [.. history.LatestHistory(ShownHistory)],
            LastError = source.Rejected?.Message ?? source.Error ?? models.FirstOrDefault(model => model.Message is not null)?.Message,
        };
        var names = (source.Accepted?.Desired.Models ?? [])
            .ToImmutableDictionary(model => model.Name.ShortName, model => model.Name, StringComparer.Ordinal);
        status = status with { Conditions = Conditions.Of(status, source, plan, converged, board.Stored.Conditions, time.GetUtcNow()) };
        board.Publish(status, names, converged);
    }

    private SourceStatus SourceOf(SourceState source) => new()
    {
        Url = reader.Display,
        Git = reader.Git,
        Branch = options.Branch,
        Path = options.Path,
        Tip = source.Tip,
        Accepted = source.Accepted?.Desired.Revision,
        Applied = revisions.Applied,
        Subject = source.Accepted?.Tree.Facts.Subject ?? "",
        Author = source.Accepted?.Tree.Facts.Author ?? "",
        LastFetch = source.LastFetch,
        LastSuccess = source.LastSuccess,
        Error = source.Rejected?.Message ?? source.Error,
    };

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
            Residency = model.Spec.Residency.Mode,
            ServedBuild = served,
            DesiredBuild = wanted,
            UpdateClass = pending?.Class is { } updateClass ? DiffWords.Of(updateClass) : null,
            Hold = hold?.Reason,
            Message = failure?.Message ?? hold?.Reason ?? note?.Message,
        };
    }
}
