using System.Collections.Immutable;
using System.Globalization;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using Polly;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// Looks for the newest revision and decides whether it is good. A revision is remembered as accepted only after it was read wholly;
/// one that is not good leaves the accepted one in force.
/// </summary>
internal sealed class RevisionIntake(
    IRepositorySource source, ReconcilerOptions options, RevisionRecords records, EventLog events, WeightsLook look, TimeProvider time)
{
    private readonly HostFiles _hostFiles = new(options.AllowedPaths);
    private readonly ResiliencePipeline _resilience = GitResilience.Create(time);

    /// <summary>What is known now; replaced as a whole.</summary>
    internal SourceState State { get; private set; } = new();

    private string Identity => string.Join('#', source.Display, options.Source.Branch ?? "HEAD", options.Source.Path);

    /// <summary>Reads the revision that was accepted before the daemon started, without asking the remote.</summary>
    internal async Task RestoreAsync(CancellationToken cancellationToken)
    {
        if (records.Accepted is not { } revision || records.Source != Identity)
            return;
        try
        {
            var tree = await source.OpenAsync(revision, cancellationToken);
            var result = await ReadAsync(tree, cancellationToken);
            if (result.State is { } state)
                State = State with { Accepted = new AcceptedRevision(state, tree, result.Diagnostics) };
        }
        catch (GitSourceException error)
        {
            State = State with { Error = error.Message };
        }
    }

    /// <summary>Asks the source and takes in what is new. True when there is another accepted revision than before.</summary>
    internal async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        State = State with { LastFetch = time.GetUtcNow() };
        try
        {
            return await _resilience.ExecuteAsync(async token => await TakeAsync(token), cancellationToken);
        }
        catch (GitSourceException error)
        {
            if (State.Error != error.Message)
                events.Add(new NewEvent(EventKind.FetchFailed, $"{error.Failure}: {error.Message}"));
            State = State with { Error = error.Message, Failure = error.Failure };
            return false;
        }
    }

    /// <summary>Whether the source has something that was neither accepted nor rejected yet.</summary>
    internal async Task<bool> HasNewerAsync(CancellationToken cancellationToken)
    {
        try
        {
            var tip = await source.FindTipAsync(cancellationToken);
            return tip != State.Accepted?.Desired.Revision && tip != State.Rejected?.Revision;
        }
        catch (GitSourceException)
        {
            return false;
        }
    }

    /// <summary>
    /// Lets one revision be accepted, once, although it does not descend from the accepted one; null takes that back. It survives a
    /// restart.
    /// </summary>
    internal void AllowRewind(string? revision) => records.AllowRewind(revision);

    private async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        var tip = await source.FindTipAsync(cancellationToken);
        if (State.Error is not null)
            events.Add(new NewEvent(EventKind.SourceRecovered, $"{source.Display} answers again"));
        State = State with { Tip = tip, LastSuccess = time.GetUtcNow(), Error = null, Failure = null };
        if (tip == State.Accepted?.Desired.Revision)
        {
            // A revert to what is in force ends a rejection.
            State = State with { Rejected = null };
            return false;
        }

        if (State.Rejected is { } rejected && tip == rejected.Revision
            && (rejected.Reason != ConditionReason.HistoryRewound || records.RewindAllowed != tip))
        {
            return false;
        }

        tip = await source.FetchAsync(tip, cancellationToken);
        State = State with { Tip = tip };
        var tree = await source.OpenAsync(tip, cancellationToken);
        Tell(EventKind.RevisionDetected, tree.Facts, Describe(tree.Facts));
        var left = await RewoundAsync(tip, cancellationToken) ? records.Accepted : null;
        if (left is not null && !FollowsRewinds && records.RewindAllowed != tip)
            return Reject(tree.Facts, ConditionReason.HistoryRewound, RewoundMessage(tip), []);
        var isAccepted = await AcceptAsync(tree, cancellationToken);
        if (isAccepted && left is not null)
        {
            Tell(
                EventKind.RewindFollowed, tree.Facts,
                $"history was rewritten: {Short(tip)} is followed, though {Short(left)} is not in its history");
        }

        return isAccepted;
    }

    /// <summary>A work tree on this machine is rewritten by its own user, who expects to see what is in it.</summary>
    private bool FollowsRewinds => options.Source.Rewinds switch
    {
        RewindPolicy.Follow => true,
        RewindPolicy.Refuse => false,
        _ => source.IsWorkTree,
    };

    private async Task<bool> RewoundAsync(string tip, CancellationToken cancellationToken) =>
        records.Source == Identity
        && records.Accepted is { } anchor
        && anchor != tip
        && !await source.DescendsAsync(tip, anchor, cancellationToken);

    private string RewoundMessage(string tip) =>
        $"{Short(tip)} does not have the accepted revision {Short(records.Accepted!)} in its history, so history was rewritten; push a "
        + $"commit on top of that one, or let this one through with 'modelops trust accept-rewind --to {Short(tip)}'";

    private async Task<bool> AcceptAsync(IRevisionTree tree, CancellationToken cancellationToken)
    {
        var result = await ReadAsync(tree, cancellationToken);
        if (result.State is not { } state)
        {
            // What is wrong with the tree itself comes first: it may be why the rest is.
            var errors = result.Diagnostics.Where(problem => problem.Severity == Severity.Error)
                .OrderBy(problem => problem.Code.StartsWith("RP", StringComparison.Ordinal) ? 0 : 1).ToArray();
            var more = errors.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {errors.Length - 1} more") : "";
            return Reject(tree.Facts, ConditionReason.InvalidRevision, $"{errors[0]}{more}", result.Diagnostics);
        }

        State = State with { Accepted = new AcceptedRevision(state, tree, result.Diagnostics), Rejected = null };
        records.Accept(tree.Facts, Identity, time.GetUtcNow());
        await source.KeepAsync(tree.Facts.Revision, cancellationToken);
        Tell(EventKind.RevisionAccepted, tree.Facts, Describe(tree.Facts));
        return true;
    }

    private bool Reject(RevisionFacts facts, ConditionReason reason, string message, ImmutableArray<Diagnostic> diagnostics)
    {
        State = State with { Rejected = new RejectedRevision(facts.Revision, reason, message, diagnostics) };
        records.Reject(facts, message, time.GetUtcNow());
        Tell(EventKind.RevisionRejected, facts, message);
        return false;
    }

    private Task<DesiredStateResult> ReadAsync(IRevisionTree tree, CancellationToken cancellationToken) =>
        new DesiredStateReader(tree, _hostFiles, options.Source.Limits, look).ReadAsync(cancellationToken);

    private void Tell(EventKind kind, RevisionFacts facts, string message) =>
        events.Add(new NewEvent(kind, message) { Revision = facts.Revision, Actor = facts.Author });

    private static string Describe(RevisionFacts facts) =>
        facts.Subject.Length == 0
            ? $"revision {Short(facts.Revision)}"
            : $"revision {Short(facts.Revision)} by {facts.Author}: {facts.Subject}";

    private static string Short(string revision) => revision[..Math.Min(12, revision.Length)];
}
