using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using Polly;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// Looks for the newest revision and takes it through its stages. Each verdict is written down; a revision is remembered as accepted only
/// after it passed all of them, and one that is not good leaves the accepted one in force.
/// </summary>
internal sealed class RevisionIntake
{
    private readonly IRepositorySource _source;
    private readonly SourceOptions _options;
    private readonly RevisionRecords _records;
    private readonly SourceRecords _sources;
    private readonly EventLog _events;
    private readonly ContentWatch _content;
    private readonly SourceClaims _claims;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _resilience;
    private readonly TrustWatch _trust;
    private readonly RevisionStages _stages;
    private SourceRecord _written;

    // What was judged last, and what it was judged against.
    private (string Revision, string Basis)? _judged;

    internal RevisionIntake(
        IRepositorySource source, SourceOptions options, HostFiles hostFiles, RevisionRecords records, SourceRecords sources,
        EventLog events, WeightsLook look, ContentWatch content, SourceClaims claims, TimeProvider time)
    {
        (_source, _options, _records, _sources, _events, _time) = (source, options, records, sources, events, time);
        (_content, _claims) = (content, claims);
        _resilience = GitResilience.Create(time);
        _trust = new TrustWatch(source, options, records, events, time);
        _stages = new RevisionStages(source, options, records, hostFiles, look, claims, _trust);
        _written = sources.Find(options.Name);
        State = Remembered();
    }

    /// <summary>What is known now; replaced as a whole.</summary>
    internal SourceState State { get; private set; }

    /// <summary>Reads the revision that was accepted before the daemon started, without asking the remote.</summary>
    internal async Task RestoreAsync(CancellationToken cancellationToken)
    {
        if (_records.Accepted is not { } revision || !_stages.IsOurs)
            return;
        try
        {
            var candidate = new Candidate(await _source.OpenAsync(revision, cancellationToken));
            await _stages.ReadAsync(candidate, cancellationToken);

            // What the host allows may be another thing by now; the look that follows says so.
            if (candidate.Desired is { } desired
                && (await _stages.AllowedAsync(candidate, cancellationToken)).Verdict != StageVerdict.Failed)
            {
                // The tip is written down later than what is accepted: after a crash in between it is the one of before. What was seen
                // and not judged is seen again.
                State = State with
                {
                    Accepted = new AcceptedRevision(desired, candidate.Tree, candidate.Diagnostics),
                    Tip = State.Rejected?.Revision ?? revision,
                };
                _content.Keep(desired);
                await LookAtTrustAsync(cancellationToken);
            }
        }
        catch (GitSourceException error)
        {
            State = State with { Error = error.Message };
        }
    }

    /// <summary>
    /// Asks the source, and fetches what is new. Changes nothing of what is known, so that it may go on beside a pass. One at a time.
    /// </summary>
    internal async Task<SourceLook> LookAsync(CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        string? seen = null;
        try
        {
            var ready = await _resilience.ExecuteAsync(
                async token =>
                {
                    seen = await _source.FindTipAsync(token);
                    return IsKnown(seen) ? seen : await _source.FetchAsync(seen, token);
                },
                cancellationToken);
            return new SourceLook(seen, ready, _time.GetUtcNow(), _time.GetElapsedTime(began));
        }
        catch (GitSourceException error)
        {
            return Failed(error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failed(
                new GitSourceException(_source.Display, SourceFailure.FetchFailed, $"{_source.Display}: {error.Message}", error));
        }

        SourceLook Failed(GitSourceException error) =>
            new(seen, Ready: null, _time.GetUtcNow(), _time.GetElapsedTime(began)) { Error = error };
    }

    /// <summary>Nothing about a revision has to be found out: it is accepted, or was refused and would be again.</summary>
    internal bool IsKnown(string revision) =>
        revision == State.Accepted?.Desired.Revision
        || (State.Rejected is { } rejected && rejected.Revision == revision
            && _judged == (revision, BasisOf(rejected.Reason))
            && (rejected.Reason != ConditionReason.HistoryRewound || _records.RewindAllowed != revision));

    /// <summary>The source is being asked.</summary>
    internal void Asked() => State = State with { LastFetch = _time.GetUtcNow() };

    /// <summary>Takes in what a look brought. True when there is another accepted revision than before.</summary>
    internal async Task<bool> TakeAsync(SourceLook look, CancellationToken cancellationToken)
    {
        await LookAtTrustAsync(cancellationToken);
        if (look.Seen is { } seen)
            State = State with { Tip = seen, LastSuccess = look.At };
        if (look.Error is not null)
        {
            Fail(look.Error);
            return false;
        }

        if (State.Failure is not null)
            _events.Add(new NewEvent(EventKind.SourceRecovered, $"{_source.Display} answers again") { Source = _options.Name });
        State = State with { Tip = look.Ready, Error = null, Failure = null, ErrorSince = null };
        return await JudgeAsync(look.Ready!, cancellationToken);
    }

    /// <summary>Judges a revision again that was refused for what other sources declared, and they declare something else now.</summary>
    internal async Task<bool> JudgeAgainAsync(CancellationToken cancellationToken)
    {
        if (State is not { Rejected: { Reason: ConditionReason.PolicyDenied } rejected, Failure: null } || IsKnown(rejected.Revision))
            return false;
        return await JudgeAsync(rejected.Revision, cancellationToken);
    }

    /// <summary>
    /// Takes in content outside git that changed, where the set asks for that or where nothing was built from it yet. New content that is
    /// of no use leaves the old one in force, and goes on to be drift.
    /// </summary>
    internal async Task FollowContentAsync(ImmutableDictionary<ModelName, string> drift, CancellationToken cancellationToken)
    {
        if (State.Accepted is not { } accepted)
            return;
        var corrected = accepted.Desired.Set.Drift.Files == DriftAction.Correct ? drift : drift.Clear();
        ModelName[] models = [.. corrected.Keys, .. _content.LookUnbuilt(accepted.Desired)];
        if (models.Length == 0)
            return;
        var before = _content.TakeIn(accepted.Desired, models);
        var candidate = new Candidate(accepted.Tree);
        await _stages.ReadAsync(candidate, cancellationToken);
        if (candidate.Desired is not { } desired)
        {
            _content.PutBack(before);
            return;
        }

        State = State with { Accepted = accepted with { Desired = desired } };
        var left = _content.Look(desired.Models);
        foreach (var (model, change) in corrected.Where(pair => !left.ContainsKey(pair.Key)))
        {
            _events.Add(new NewEvent(EventKind.DriftCorrected, $"{change}; it is taken in")
            {
                Model = model,
                Source = _options.Name,
                Revision = desired.Revision,
            });
        }
    }

    /// <summary>Writes down what is known of the source, so that its age survives a restart.</summary>
    internal void Remember()
    {
        var known = new SourceRecord(State.Tip, State.LastFetch, State.LastSuccess, State.Failure, State.Error);
        if (known == _written)
            return;
        _sources.Set(_options.Name, known);
        _written = known;
    }

    /// <summary>
    /// Lets one revision be accepted, once, although it does not descend from the accepted one; null takes that back. It survives a
    /// restart.
    /// </summary>
    internal void AllowRewind(string? revision) => _records.AllowRewind(revision);

    /// <summary>What was known when the daemon ended. A rejection is shown at once, and judged again with the first look.</summary>
    private SourceState Remembered()
    {
        var state = new SourceState
        {
            Tip = _written.Tip,
            LastFetch = _written.LastFetch,
            LastSuccess = _written.LastSuccess,
            Failure = _written.Failure,
            Error = _written.Error,
            ErrorSince = _written.Failure is null ? null : _written.LastSuccess ?? _written.LastFetch,
        };
        if (_written.Tip is not { } tip || !_stages.IsOurs)
            return state;
        var stages = _records.StagesOf(tip);
        var failed = tip == _records.Accepted ? null : stages.FirstOrDefault(stage => stage.Verdict == StageVerdict.Failed);
        return state with
        {
            Stages = stages,
            Rejected = failed is null ? null : new RejectedRevision(
                tip, failed.Reason, failed.Message, StoredDiagnostic.Read(_records.DiagnosticsOf(tip))),
        };
    }

    /// <summary>What a rejection depends on besides the revision.</summary>
    private string BasisOf(ConditionReason? reason) => reason switch
    {
        ConditionReason.PolicyDenied => _claims.BasisFor(_options.Name),
        ConditionReason.SignatureRejected => _trust.Basis,
        _ => "",
    };

    private async Task LookAtTrustAsync(CancellationToken cancellationToken)
    {
        var loss = await _trust.LookAsync(_stages.IsOurs ? State.Accepted?.Desired.Revision : null, cancellationToken);
        State = State with { TrustLoss = loss, Trust = _trust.Describe(loss) };
    }

    private void Fail(GitSourceException error)
    {
        if (State.Error != error.Message)
            _events.Add(new NewEvent(EventKind.FetchFailed, $"{error.Failure}: {error.Message}") { Source = _options.Name });
        State = State with { Error = error.Message, Failure = error.Failure, ErrorSince = State.ErrorSince ?? _time.GetUtcNow() };
    }

    private async Task<bool> JudgeAsync(string revision, CancellationToken cancellationToken)
    {
        try
        {
            return await _resilience.ExecuteAsync(async token => await TakeAsync(revision, token), cancellationToken);
        }
        catch (GitSourceException error)
        {
            Fail(error);
            return false;
        }
    }

    private async Task<bool> TakeAsync(string tip, CancellationToken cancellationToken)
    {
        if (IsKnown(tip))
        {
            // A revert to what is in force ends a rejection.
            if (tip == State.Accepted?.Desired.Revision && (State.Rejected is not null || State.Stages.IsEmpty))
                State = State with { Rejected = null, Stages = _records.StagesOf(tip) };
            return false;
        }

        var claims = _claims.BasisFor(_options.Name);
        var isAccepted = await JudgeAsync(new Candidate(await _source.OpenAsync(tip, cancellationToken)), cancellationToken);
        _judged = (tip, State.Rejected?.Reason == ConditionReason.PolicyDenied ? claims : BasisOf(State.Rejected?.Reason));
        if (State.Accepted is not null)
            return isAccepted;

        // The source was moved, so that the revision in force could not be read before this fetch.
        await RestoreAsync(cancellationToken);
        return State.Accepted is not null;
    }

    private async Task<bool> JudgeAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        var facts = candidate.Facts;

        // A rejection that is only found again, as after a restart, is no news.
        var known = State.Rejected is { } rejected && rejected.Revision == candidate.Revision ? rejected : null;
        if (known is null)
            Tell(EventKind.RevisionDetected, facts, candidate.Describe());
        var verdicts = ImmutableArray.CreateBuilder<StageRecord>();
        void Note(RevisionStage stage, StageResult result) =>
            verdicts.Add(new StageRecord(stage, result.Verdict, result.Reason, result.Message, _time.GetUtcNow()));

        Note(RevisionStage.Detected, StageResult.Passed);
        foreach (var (stage, judge) in _stages.All)
        {
            var result = await judge(candidate, cancellationToken);
            Note(stage, result);
            if (stage == RevisionStage.Verified && result.Verdict == StageVerdict.Passed && known?.Message != result.Message)
                Tell(EventKind.RevisionVerified, facts, result.Message);
            if (result.Verdict == StageVerdict.Failed)
            {
                Reject(candidate, result, verdicts.ToImmutable(), isNews: known?.Message != result.Message);
                return false;
            }
        }

        Note(RevisionStage.Accepted, StageResult.Passed);
        await AcceptAsync(candidate, verdicts.ToImmutable(), cancellationToken);
        return true;
    }

    /// <summary>What cannot be written down, as on a full disk, did not happen: the next look judges it anew.</summary>
    private async Task AcceptAsync(Candidate candidate, ImmutableArray<StageRecord> stages, CancellationToken cancellationToken)
    {
        await _source.KeepAsync(candidate.Revision, cancellationToken);
        _records.Accept(candidate.Facts, _stages.Anchor, stages, _time.GetUtcNow());
        _trust.Accepted();
        State = State with
        {
            Accepted = new AcceptedRevision(candidate.Desired!, candidate.Tree, candidate.Diagnostics),
            Rejected = null,
            Stages = stages,
            TrustLoss = null,
            Trust = _trust.Describe(loss: null),
        };
        _content.Keep(candidate.Desired!);
        Tell(EventKind.RevisionAccepted, candidate.Facts, candidate.Describe());
        if (candidate.Left is not { } left)
            return;
        Tell(
            EventKind.RewindFollowed, candidate.Facts,
            $"history was rewritten: {ShortId.Of(candidate.Revision)} is followed, "
                + $"though {ShortId.Of(left)} is not in its history");
    }

    private void Reject(Candidate candidate, StageResult result, ImmutableArray<StageRecord> stages, bool isNews)
    {
        _records.Reject(
            candidate.Facts, stages, result.Message, StoredDiagnostic.Write(candidate.Diagnostics), _time.GetUtcNow());
        State = State with
        {
            Rejected = new RejectedRevision(candidate.Revision, result.Reason, result.Message, candidate.Diagnostics),
            Stages = stages,
            Trust = _trust.Describe(State.TrustLoss),
        };
        if (isNews)
            Tell(EventKind.RevisionRejected, candidate.Facts, result.Message);
    }

    private void Tell(EventKind kind, RevisionFacts facts, string message) =>
        _events.Add(new NewEvent(kind, message) { Source = _options.Name, Revision = facts.Revision, Actor = facts.Author });
}
