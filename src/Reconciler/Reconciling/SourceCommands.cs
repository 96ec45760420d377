using System.Globalization;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>What people ask about the set as a whole: rewinds, suspension, approvals.</summary>
internal sealed class SourceCommands(
    PassRecords records, RevisionIntake intake, ApprovalRecords approvals, Func<Plan?> compare, TimeProvider time)
{
    private const int ShortestDigest = 8;

    /// <summary>How long until a suspension ends by itself; null when none does.</summary>
    internal TimeSpan? SuspensionEnds => records.Revisions.SuspendedUntil - time.GetUtcNow();

    /// <summary>Null when the next pass decides.</summary>
    internal RequestVerdict? AcceptRewind(ControlCommand.AcceptRewind command, RequestRecord request)
    {
        if (Complete(command.Commit) is not { } commit)
        {
            return RequestVerdict.Failed(
                $"no commit that the source has offered begins with {command.Commit}; 'modelops status' names the newest one");
        }

        if (intake.State.Accepted?.Desired.Revision == commit)
            return RequestVerdict.Done($"commit {Short(commit)} is accepted already");
        intake.AllowRewind(commit);
        records.Events.Add(
            LoopCommands.Told(EventKind.RewindAccepted, $"that history was rewritten to {Short(commit)} is accepted", request) with
            {
                Revision = commit,
            });
        return null;
    }

    /// <summary>What came of a rewind that was let through; null when the pass as a whole says it, or it was another request.</summary>
    internal RequestVerdict? JudgeRewind(RequestRecord request)
    {
        if (request.Verb != "accept-rewind"
            || records.Revisions.Suspended is not null
            || intake.State.Error is not null
            || Complete(request.Argument) is not { } commit
            || intake.State.Accepted?.Desired.Revision == commit
            || intake.State.Rejected?.Revision == commit)
        {
            return null;
        }

        intake.AllowRewind(revision: null);
        return RequestVerdict.Failed(
            $"the newest commit of the source is {Short(intake.State.Tip ?? "none")} and not {Short(commit)}, so nothing was accepted");
    }

    internal RequestVerdict Suspend(ControlCommand.Suspend command, RequestRecord request)
    {
        if (command.Until <= time.GetUtcNow())
            return RequestVerdict.Failed($"{Text(command.Until.Value)} is over already");
        var until = command.Until is { } end ? $" until {Text(end)}" : "";
        var text = request.Reason.Length == 0 ? $"by {request.Actor}{until}" : $"{request.Reason} (by {request.Actor}{until})";
        records.Revisions.Suspend(text, command.Until);
        records.Events.Add(LoopCommands.Told(EventKind.Suspended, $"changes are suspended{until}", request));
        return RequestVerdict.Done($"changes are not applied{until}; 'modelops resume' ends that");
    }

    internal RequestVerdict Resume(RequestRecord request)
    {
        if (records.Revisions.Suspended is null)
            return RequestVerdict.Done("changes were not suspended");
        records.Revisions.Suspend(reason: null);
        records.Events.Add(LoopCommands.Told(EventKind.Resumed, "changes are applied again", request));
        return RequestVerdict.Done("changes are applied again");
    }

    /// <summary>A suspension whose time is over ends.</summary>
    internal void EndSuspension()
    {
        if (SuspensionEnds is not { Ticks: <= 0 })
            return;
        records.Revisions.Suspend(reason: null);
        records.Events.Add(new NewEvent(EventKind.Resumed, "the time of the suspension is over"));
    }

    /// <summary>Lets exactly the removal be done that is blocked now.</summary>
    internal RequestVerdict Approve(ControlCommand.Approve command, RequestRecord request)
    {
        var digest = command.Digest.StartsWith("sha256:", StringComparison.Ordinal) ? command.Digest[7..] : command.Digest;
        if (digest.Length < ShortestDigest)
            return RequestVerdict.Failed($"{digest} is too short to name a removal; write {ShortestDigest} digits of its digest at least");
        var waiting = compare()?.Notes.Select(note => note.Approval).Where(approval => approval.Length > 0).Distinct().ToArray() ?? [];
        if (waiting.FirstOrDefault(approval => approval.StartsWith(digest, StringComparison.Ordinal)) is not { } approved)
        {
            return new RequestVerdict(
                RequestOutcome.Stale,
                waiting.Length == 0
                    ? "nothing waits for an approval"
                    : $"{digest} is not what waits for an approval now; that is {waiting[0][..12]}, as 'modelops status' tells");
        }

        approvals.Add(approved, request);
        records.Events.Add(LoopCommands.Told(EventKind.Approved, $"removal {approved[..12]} is approved", request));
        return RequestVerdict.Done($"removal {approved[..12]} is carried out");
    }

    /// <summary>An approval is for once: when what it was for is done, or not asked for any more, it is over.</summary>
    internal void ForgetUsedApprovals()
    {
        if (approvals.All.IsEmpty || compare() is not { } plan || plan.Models.Any(model => model.Action == PlanAction.Remove))
            return;
        foreach (var digest in approvals.All)
        {
            records.Events.Add(new NewEvent(EventKind.ApprovalUsed, $"removal {digest[..12]} is done, or not asked for any more")
            {
                Revision = plan.Revision,
                Actor = approvals.ActorOf(digest) ?? "",
            });
            approvals.Remove(digest);
        }
    }

    /// <summary>The whole commit: one that was offered and begins so, or any that is written out.</summary>
    private string? Complete(string commit) =>
        new[] { intake.State.Rejected?.Revision, intake.State.Tip, intake.State.Accepted?.Desired.Revision }
            .FirstOrDefault(known => commit.Length >= 7 && known?.StartsWith(commit, StringComparison.Ordinal) == true)
        ?? (commit.Length is 40 or 64 && commit.All(char.IsAsciiHexDigitLower) ? commit : null);

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ssK", CultureInfo.InvariantCulture);

    private static string Short(string revision) => revision[..Math.Min(12, revision.Length)];
}
