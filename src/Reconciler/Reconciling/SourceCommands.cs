using System.Globalization;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>What people ask about sources, and about the set as a whole: rewinds, suspension, approvals.</summary>
internal sealed class SourceCommands(
    PassRecords records, FollowedSources sources, Operations operations, ApprovalRecords approvals, Func<Plan?> compare,
    TimeProvider time)
{
    private const int ShortestDigest = 8;

    /// <summary>How long until a suspension ends by itself; null when none does.</summary>
    internal TimeSpan? SuspensionEnds => Suspended.Min(found => found.Suspension.Until) - time.GetUtcNow();

    /// <summary>What is suspended by command: everything where no source is named.</summary>
    private IEnumerable<(FollowedSource? Source, Suspension Suspension)> Suspended => sources.All.Prepend(null)
        .Select(source => (source, Suspension: records.Suspensions.Find(source?.Name)))
        .Where(found => found.Suspension is not null)
        .Select(found => (found.source, found.Suspension!));

    internal RequestVerdict Unknown(string source) => RequestVerdict.Failed(
        $"there is no source {source}; there is {string.Join(", ", sources.All.Select(known => known.Name))}");

    /// <summary>Null when the next pass decides.</summary>
    internal RequestVerdict? AcceptRewind(ControlCommand.AcceptRewind command, RequestRecord request)
    {
        if (command.Source is { } named && sources.Find(named) is null)
            return Unknown(named);
        if (Complete(command) is not var (source, commit))
        {
            return RequestVerdict.Failed(
                $"no commit that the source has offered begins with {command.Commit}; 'modelops status' names the newest one");
        }

        if (source.State.Accepted?.Desired.Revision == commit)
            return RequestVerdict.Done($"commit {ShortId.Of(commit)} is accepted already");
        source.Intake.AllowRewind(commit);
        source.LookSoon();
        records.Events.Add(
            LoopCommands.Told(EventKind.RewindAccepted, $"that history was rewritten to {ShortId.Of(commit)} is accepted", request) with
            {
                Source = source.Name,
                Revision = commit,
            });
        return null;
    }

    /// <summary>What came of a rewind that was let through; null when the pass as a whole says it, or it was another request.</summary>
    internal RequestVerdict? JudgeRewind(RequestRecord request)
    {
        if (ControlCommand.Of(request) is not ControlCommand.AcceptRewind command
            || Complete(command) is not var (source, commit)
            || source.Suspended is not null
            || source.State.Error is not null
            || source.State.Accepted?.Desired.Revision == commit
            || source.State.Rejected?.Revision == commit)
        {
            return null;
        }

        source.Intake.AllowRewind(revision: null);
        return RequestVerdict.Failed(
            $"the newest commit of the source is {ShortId.Of(source.State.Tip ?? "none")} and not {ShortId.Of(commit)}, so nothing was accepted");
    }

    internal RequestVerdict Suspend(ControlCommand.Suspend command, RequestRecord request)
    {
        if (command.Source is { } named && sources.Find(named) is null)
            return Unknown(named);
        if (command.Until <= time.GetUtcNow())
            return RequestVerdict.Failed($"{Text(command.Until.Value)} is over already");
        var until = command.Until is { } moment ? $" until {Text(moment)}" : "";
        var text = request.Reason.Length == 0 ? $"by {request.Actor}{until}" : $"{request.Reason} (by {request.Actor}{until})";
        records.Suspensions.Set(command.Source, new Suspension(text, command.Until));
        operations.CancelAll(command.Source);
        var what = command.Source is { } only ? $"changes of source {only}" : "changes";
        records.Events.Add(LoopCommands.Told(EventKind.Suspended, $"{what} are suspended{until}", request) with
        {
            Source = command.Source ?? "",
        });
        var end = command.Source is { } source ? $"'modelops resume --source {source}'" : "'modelops resume'";
        return RequestVerdict.Done($"{what} are not applied{until}; {end} ends that");
    }

    internal RequestVerdict Resume(ControlCommand.Resume command, RequestRecord request)
    {
        if (command.Source is { } named)
            return sources.Find(named) is { } source ? Resume(source, request) : Unknown(named);
        if (records.Suspensions.Find() is null)
        {
            return RequestVerdict.Done(
                Suspended.FirstOrDefault().Source is { } only
                    ? $"changes were not suspended but for source {only.Name}; 'modelops resume --source {only.Name}' ends that"
                    : "changes were not suspended");
        }

        End(source: null, LoopCommands.Told(EventKind.Resumed, "changes are applied again", request));
        return RequestVerdict.Done("changes are applied again");
    }

    /// <summary>A suspension whose time is over ends.</summary>
    internal void EndSuspension()
    {
        var now = time.GetUtcNow();
        foreach (var (source, _) in Suspended.Where(found => found.Suspension.Until <= now).ToArray())
        {
            var what = source is null ? "the suspension" : $"the suspension of source {source.Name}";
            End(source, new NewEvent(EventKind.Resumed, $"the time of {what} is over"));
        }
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
                    : $"{digest} is not what waits for an approval now; that is {string.Join(" or ", waiting.Select(ShortId.Of))}, as "
                        + "'modelops status' tells");
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

    private RequestVerdict Resume(FollowedSource source, RequestRecord request)
    {
        var what = $"changes of source {source.Name}";
        var wasSuspended = records.Suspensions.Find(source.Name) is not null;
        if (wasSuspended)
            End(source, LoopCommands.Told(EventKind.Resumed, $"{what} are applied again", request));
        if (source.IsSuspendedByConfiguration)
            return RequestVerdict.Refused($"{what} are suspended by the configuration; take 'suspend' of the source out of it");
        if (records.Suspensions.Find() is not null)
            return RequestVerdict.Refused($"{what} are suspended with everything; 'modelops resume' ends that");
        return RequestVerdict.Done(wasSuspended ? $"{what} are applied again" : $"{what} were not suspended");
    }

    private void End(FollowedSource? source, NewEvent told)
    {
        records.Suspensions.Set(source?.Name, suspension: null);
        foreach (var resumed in sources.All.Where(known => source is null || known == source))
            resumed.LookSoon();
        records.Events.Add(told with { Source = source?.Name ?? "" });
    }

    /// <summary>The whole commit: one that was offered and begins so, or any that is written out.</summary>
    private (FollowedSource Source, string Commit)? Complete(ControlCommand.AcceptRewind command)
    {
        var commit = command.Commit;
        var asked = sources.All.Where(source => command.Source is null || source.Name == command.Source).ToArray();
        foreach (var source in asked)
        {
            var state = source.State;
            if (new[] { state.Rejected?.Revision, state.Tip, state.Accepted?.Desired.Revision }
                .FirstOrDefault(known => commit.Length >= 7 && known?.StartsWith(commit, StringComparison.Ordinal) == true) is { } offered)
            {
                return (source, offered);
            }
        }

        return asked.Length == 1 && commit.Length is 40 or 64 && commit.All(char.IsAsciiHexDigitLower) ? (asked[0], commit) : null;
    }

    private static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
