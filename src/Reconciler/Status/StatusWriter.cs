using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diff;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Reconciling;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Status;

/// <summary>Turns what a pass knows into what everybody may see.</summary>
internal sealed class StatusWriter(StatusBoard board, ReconcilerOptions options, string display, RevisionRecords revisions, HoldRecords holds, EventRecords history, TimeProvider time)
{
    private const int ShownHistory = 20;

    /// <summary>Publishes the status.</summary>
    /// <param name="intake">What is known of the source.</param>
    /// <param name="plan">What is left to do; null when nothing is accepted.</param>
    /// <param name="actual">What is there.</param>
    /// <param name="retries">What failed.</param>
    internal void Write(RevisionIntake intake, Plan? plan, ActualState? actual, RetryBook retries)
    {
        var models = intake.Accepted is { } accepted && plan is not null && actual is not null
            ? accepted.Desired.Models.Select(model => ModelStatusOf(model, plan, actual, retries)).ToImmutableArray()
            : [];
        var converged = intake.Accepted is not null && plan is { IsEmpty: true } && models.All(model => model.Sync == SyncState.Synced);
        var status = new DaemonStatus
        {
            Sync = intake.Accepted is null ? SyncState.Unknown : converged && intake.Rejected is null ? SyncState.Synced : SyncState.OutOfSync,
            Health = revisions.Suspended is not null ? HealthState.Suspended : intake.Accepted is null ? HealthState.Unknown : HealthState.Healthy,
            Source = SourceOf(intake),
            Suspended = revisions.Suspended,
            Models = models,
            Orphaned = [.. (plan?.Notes ?? []).Where(note => note.Reason is "Orphaned" or "PruneBlocked").Select(note => note.Model.ShortName)],
            Diagnostics = [.. (intake.Rejected?.Diagnostics ?? intake.Accepted?.Diagnostics ?? []).Select(StatusDiagnostic.Of)],
            History = [.. history.LatestHistory(ShownHistory)],
            LastError = intake.Rejected?.Message ?? intake.SourceError ?? models.FirstOrDefault(model => model.Message is not null)?.Message,
        };
        var names = (intake.Accepted?.Desired.Models ?? []).ToImmutableDictionary(model => model.Name.ShortName, model => model.Name, StringComparer.Ordinal);
        status = status with { Conditions = Conditions.Of(status, intake, plan, converged, board.Stored.Conditions, time.GetUtcNow()) };
        board.Publish(status, names, converged);
    }

    private SourceStatus SourceOf(RevisionIntake intake) => new()
    {
        Url = display,
        Branch = options.Source.Branch,
        Path = options.Source.Path,
        Tip = intake.Tip,
        Accepted = intake.Accepted?.Desired.Revision,
        Applied = revisions.Applied,
        Subject = intake.Accepted?.Tree.Facts.Subject ?? "",
        Author = intake.Accepted?.Tree.Facts.Author ?? "",
        LastFetch = intake.LastFetch,
        LastSuccess = intake.LastSuccess,
        Error = intake.Rejected?.Message ?? intake.SourceError,
    };

    private ModelStatus ModelStatusOf(DesiredModel model, Plan plan, ActualState actual, RetryBook retries)
    {
        var pending = plan.Models.FirstOrDefault(candidate => candidate.Model == model.Name);
        var wanted = actual.Builds.GetValueOrDefault(model.Inputs)?.Build;
        var served = actual.Stored.GetValueOrDefault(model.Name);
        var hold = holds.All.GetValueOrDefault(model.Name.FullName);
        var failure = retries.Failures.GetValueOrDefault(model.Name);
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
            Phase = hold is not null ? ModelPhase.RolledBack : failure is not null ? ModelPhase.Failed : synced ? ModelPhase.Switched : ModelPhase.Pending,
            Residency = model.Spec.Residency.Mode,
            ServedBuild = served,
            DesiredBuild = wanted,
            UpdateClass = pending?.Class is { } updateClass ? DiffWords.Of(updateClass) : null,
            Hold = hold?.Reason,
            Message = failure?.Message ?? hold?.Reason ?? note?.Message,
        };
    }
}
