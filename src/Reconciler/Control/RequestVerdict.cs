using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Control;

/// <summary>What came of a request, and a sentence about it.</summary>
internal sealed record RequestVerdict(RequestOutcome Outcome, string Message)
{
    internal static RequestVerdict Done(string message) => new(RequestOutcome.Done, message);

    internal static RequestVerdict Failed(string message) => new(RequestOutcome.Failed, message);

    internal static RequestVerdict Refused(string message) => new(RequestOutcome.Refused, message);

    /// <summary>What a pass came to, as the status tells it.</summary>
    /// <param name="only">The model that was asked about; null for all.</param>
    /// <param name="status">Status after the pass.</param>
    /// <param name="failures">What failed last, by model.</param>
    internal static RequestVerdict OfPass(
        ModelName? only, DaemonStatus status, ImmutableDictionary<ModelName, ModelFailure> failures)
    {
        if (status.Conditions.FirstOrDefault(condition => condition is { Reason: ConditionReason.Internal, Status: false }) is { } fault)
            return Failed(fault.Message);
        if (!status.Sources.IsEmpty && status.Sources.All(source => source.SuspendedInGit))
            return Refused($"changes are suspended: {status.Sources[0].Suspended}; a commit without spec.suspend ends that");
        if (status.Suspended is { } suspended)
            return Refused($"changes are suspended: {suspended}; 'modelops resume' ends that");
        var stalled = status.Conditions.FirstOrDefault(
            condition => condition is { Type: ConditionType.Stalled, Status: true, Reason: not ConditionReason.Fight });
        if (stalled is not null)
        {
            var isRefused = stalled.Reason
                is ConditionReason.HistoryRewound or ConditionReason.SignatureRejected or ConditionReason.PolicyDenied;
            return new RequestVerdict(isRefused ? RequestOutcome.Refused : RequestOutcome.Failed, stalled.Message);
        }

        if (status.Sources.FirstOrDefault(source => source.Error is not null && source.Suspended is null) is { Error: { } error } silent)
        {
            return new RequestVerdict(
                RequestOutcome.Source, status.Sources.Length > 1 ? $"source {silent.Name}: {error}" : error);
        }

        return OfModels(only, status, failures);
    }

    private static RequestVerdict OfModels(
        ModelName? only, DaemonStatus status, ImmutableDictionary<ModelName, ModelFailure> failures)
    {
        var asked = status.Models.Where(model => only is null || ModelName.Parse(model.Name) == only).ToArray();
        if (only is not null && asked.Length == 0)
            return Failed($"{only.PlainName} is not managed; 'modelops status' lists what is");
        var bad = asked.Where(model => !IsGood(model)).ToArray();
        var blocked = status.Conditions.FirstOrDefault(condition => condition is { Type: ConditionType.PruneBlocked, Status: true });
        if (bad.Length == 0 && (blocked is null || only is not null))
            return Done(only is null ? Served(status) : $"{only.PlainName} is as declared");
        if (bad.Length == 0)
            return new RequestVerdict(RequestOutcome.Partial, blocked!.Message);

        var outcomes = bad.Select(model => OutcomeOf(failures.GetValueOrDefault(ModelName.Parse(model.Name))?.Reason ?? $"{model.Reason}"))
            .Distinct().ToArray();
        var first = ModelSentence.Of(bad[0].Name, bad[0].Message ?? "it does not serve what is declared yet");
        var more = bad.Length > 1 ? $" (and {bad.Length - 1} more of {asked.Length})" : "";
        return new RequestVerdict(
            bad.Length < asked.Length ? RequestOutcome.Partial : outcomes.Length == 1 ? outcomes[0] : RequestOutcome.Failed, first + more);
    }

    private static string Served(DaemonStatus status) => status.Sources is [var only]
        ? $"revision {Short(only.Accepted)} is served"
        : "served are " + string.Join(", ", status.Sources.Select(source => $"{source.Name} {Short(source.Accepted)}"));

    private static bool IsGood(ModelStatus model) =>
        model.Sync == SyncState.Synced && model.Health is HealthState.Healthy && model.Hold is null
        && (model.Residency != ResidencyMode.Always || model.Resident);

    private static RequestOutcome OutcomeOf(string? reason) => reason switch
    {
        "InsufficientMemory" or "DiskFull" => RequestOutcome.DoesNotFit,
        "Timeout" => RequestOutcome.Timeout,
        "FetchFailed" => RequestOutcome.Source,
        "DigestMismatch" or "WindowClosed" => RequestOutcome.Refused,
        _ => RequestOutcome.Failed,
    };

    private static string Short(string? revision) => revision is null ? "" : ShortId.Of(revision);
}
