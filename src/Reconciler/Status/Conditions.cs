using System.Collections.Immutable;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Revisions;

namespace ModelOps.Reconciler.Status;

/// <summary>The named facts of the status. <c>Ready</c> is always there; the others only when they hold.</summary>
internal static class Conditions
{
    internal static ImmutableArray<Condition> Of(
        DaemonStatus status, SourceState source, Plan? plan, bool converged, ImmutableArray<Condition> before, DateTimeOffset now)
    {
        var conditions = ImmutableArray.CreateBuilder<Condition>();
        void Add(string type, bool holds, string reason, string message)
        {
            var known = before.FirstOrDefault(condition => condition.Type == type);
            conditions.Add(new Condition(type, holds, reason, message, known?.Status == holds ? known.LastTransition : now));
        }

        var failed = status.Models.Where(model => model.Message is not null).ToArray();
        if (converged)
            Add("Ready", holds: true, "NoChange", $"revision {Short(source)} is in force");
        else if (source.Accepted is null)
        {
            Add(
                "Ready", holds: false, source.Rejected?.Reason ?? source.Failure?.ToString() ?? "NewRevision",
                status.LastError ?? "no revision was accepted yet");
        }
        else
        {
            Add(
                "Ready", holds: false, failed.Length > 0 ? "Degraded" : "NewRevision",
                failed.Length > 0 ? $"{failed[0].Name}: {failed[0].Message}" : $"revision {Short(source)} is being applied");
        }

        if (source.Error is { } error)
            Add("SourceStale", holds: true, source.Failure?.ToString() ?? "FetchFailed", error);
        if (source.Rejected is { } rejected)
            Add("Stalled", holds: true, rejected.Reason, rejected.Message);
        else if (source.Accepted is not null && !converged && plan is { IsEmpty: false })
        {
            Add(
                "Reconciling", holds: true, "NewRevision",
                plan.Models.Length == 1 ? "1 model differs" : $"{plan.Models.Length} models differ");
        }

        if (status.Suspended is { } reason)
            Add("Suspended", holds: true, "Suspended", reason);
        if (status.Models.FirstOrDefault(model => model.Hold is not null) is { } held)
            Add("RolledBack", holds: true, "Held", $"{held.Name}: {held.Hold}");
        if (plan?.Notes.FirstOrDefault(note => note.Reason == "PruneBlocked") is { } blocked)
            Add("PruneBlocked", holds: true, "PruneBlocked", blocked.Message);
        if (plan?.Notes.FirstOrDefault(note => note.Reason == "Drifted") is { } drifted)
            Add("Drifted", holds: true, "Drifted", drifted.Message);
        return conditions.ToImmutable();
    }

    private static string Short(SourceState source)
    {
        var revision = source.Accepted!.Desired.Revision;
        return revision[..Math.Min(12, revision.Length)];
    }
}
