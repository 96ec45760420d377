using System.Collections.Immutable;
using System.Globalization;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>What a revision of one source is asked before it is accepted, in order.</summary>
internal sealed class RevisionStages
{
    private readonly IRepositorySource _source;
    private readonly SourceOptions _options;
    private readonly RevisionRecords _records;
    private readonly HostFiles _hostFiles;
    private readonly WeightsLook _look;
    private readonly SourceClaims _claims;
    private readonly TrustWatch _trust;

    internal RevisionStages(
        IRepositorySource source, SourceOptions options, RevisionRecords records, HostFiles hostFiles, WeightsLook look,
        SourceClaims claims, TrustWatch trust)
    {
        (_source, _options, _records, _hostFiles, _look, _claims) = (source, options, records, hostFiles, look, claims);
        _trust = trust;
        All =
        [
            (RevisionStage.Descends, DescendsAsync),
            (RevisionStage.Verified, VerifiedAsync),
            (RevisionStage.Read, ReadAsync),
            (RevisionStage.Allowed, AllowedAsync),
        ];
    }

    internal ImmutableArray<(RevisionStage Stage, Func<Candidate, CancellationToken, Task<StageResult>> Judge)> All { get; }

    /// <summary>The history that is followed, and where it lies now.</summary>
    internal SourceAnchor Anchor => new(_options.Name, _options.Reference, _source.Display);

    /// <summary>Whether what was accepted last came from this history.</summary>
    internal bool IsOurs => _records.Source is { } anchor && anchor.IsSameHistory(Anchor);

    /// <summary>A work tree on this machine is rewritten by its own user, who expects to see what is in it.</summary>
    private bool FollowsRewinds => _options.Rewinds switch
    {
        RewindPolicy.Follow => true,
        RewindPolicy.Refuse => false,
        _ => _source.IsWorkTree && _records.Source?.Location == _source.Display,
    };

    /// <summary>
    /// The accepted revision of this source must be in the history, wherever the source lies now. A source of another name, or another
    /// branch, is another history: the operator chose it, and it starts anew.
    /// </summary>
    private async Task<StageResult> DescendsAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        if (!IsOurs
            || _records.Accepted is not { } accepted
            || accepted == candidate.Revision
            || await _source.DescendsAsync(candidate.Revision, accepted, cancellationToken))
        {
            return StageResult.Passed;
        }

        if (FollowsRewinds || _records.RewindAllowed == candidate.Revision)
        {
            candidate.Left = accepted;
            return StageResult.Passed;
        }

        var what = $"{ShortId.Of(candidate.Revision)} does not have the accepted revision {ShortId.Of(accepted)} in its history";
        return StageResult.Failed(
            ConditionReason.HistoryRewound,
            _records.Source!.Location == _source.Display
                ? $"{what}, so history was rewritten; push a commit on top of that one, or let this one through with "
                    + $"'modelops trust accept-rewind --to {ShortId.Of(candidate.Revision)}'"
                : $"{what}, which came from {_records.Source.Location}; bring {_source.Display} up to it, or, if this is another "
                    + "repository, give it a name of its own with --source-name");
    }

    /// <summary>Reads what a revision declares into the candidate; the first error is the reason where it is not good.</summary>
    internal async Task<StageResult> ReadAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        var result = await new DesiredStateReader(candidate.Tree, _hostFiles, _options.Limits, _look).ReadAsync(cancellationToken);
        candidate.Diagnostics = result.Diagnostics;
        if (result.State is { } state)
        {
            candidate.Desired = state with { Source = _options.Name };
            return StageResult.Passed;
        }

        return StageResult.Failed(ConditionReason.InvalidRevision, FirstOf(result.Diagnostics));
    }

    /// <summary>The source may declare these names, and no other one does.</summary>
    internal Task<StageResult> AllowedAsync(Candidate candidate, CancellationToken cancellationToken)
    {
        if (!_claims.AreJudged(_options))
            return Task.FromResult(StageResult.NotAsked);
        var problems = _claims.Check(_options, candidate.Desired!, candidate.Tree.Prefix);
        if (problems.IsEmpty)
            return Task.FromResult(StageResult.Passed);
        candidate.Diagnostics = candidate.Diagnostics.AddRange(problems);
        return Task.FromResult(StageResult.Failed(ConditionReason.PolicyDenied, FirstOf(problems)));
    }

    private static string FirstOf(ImmutableArray<Diagnostic> problems)
    {
        // What is wrong with the tree itself comes first: it may be why the rest is.
        var errors = problems.Where(problem => problem.Severity == Severity.Error)
            .OrderBy(problem => problem.Code.StartsWith("RP", StringComparison.Ordinal) ? 0 : 1).ToArray();
        var more = errors.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {errors.Length - 1} more") : "";
        return $"{errors[0]}{more}";
    }

    /// <summary>Those whom the host trusts signed what it brings.</summary>
    private Task<StageResult> VerifiedAsync(Candidate candidate, CancellationToken cancellationToken) =>
        _trust.VerifyAsync(candidate.Revision, IsOurs ? _records.Accepted : null, cancellationToken);
}
