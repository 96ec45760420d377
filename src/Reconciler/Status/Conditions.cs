using System.Collections.Immutable;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Times;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Status;

/// <summary>The named facts of a status, from what the last pass found out, what is in memory, and the time.</summary>
internal static class Conditions
{
    private const string Worked = "it is being worked on";
    private const int ShownNames = 3;

    /// <summary>Those of one source; <c>Ready</c> comes first.</summary>
    /// <param name="models">Its models with what is in memory.</param>
    /// <param name="facts">What the last pass found out.</param>
    /// <param name="fault">Why the last pass threw; null when it did not.</param>
    /// <param name="now">Time of reading.</param>
    internal static ImmutableArray<ConditionDraft> Of(
        ImmutableArray<ModelStatus> models, SourceFacts facts, string? fault, DateTimeOffset now)
    {
        var bad = Abnormal(models, facts, now);
        var all = ImmutableArray.CreateBuilder<ConditionDraft>();
        all.Add(ReadyOf(models, facts, fault, bad));
        all.AddRange(OfStages(facts.State));
        if (facts.State.Accepted is not null)
            all.AddRange(Normal(models));
        all.AddRange(bad);
        return all.ToImmutable();
    }

    /// <summary>Those of everything: of each type the worst of the sources, with the name of the source where there are several.</summary>
    internal static ImmutableArray<ConditionDraft> Merge(ImmutableArray<(string Source, ImmutableArray<ConditionDraft> Conditions)> sources)
    {
        if (sources is [var (_, only)])
            return only;
        if (sources.IsEmpty)
            return [new ConditionDraft(ConditionType.Ready, Status: false, ConditionReason.NewRevision, "nothing was looked at yet")];
        return
        [
            .. sources.SelectMany(source => source.Conditions.Select(condition => (source.Source, Condition: condition)))
                .GroupBy(found => found.Condition.Type)
                .OrderBy(group => group.Key)
                .Select(group => group.FirstOrDefault(found => found.Condition.Status != IsGood(group.Key), group.First()))
                .Select(worst => worst.Condition.Status == IsGood(worst.Condition.Type)
                    ? AllGood(worst.Condition, sources.Length)
                    : worst.Condition with { Message = $"source {worst.Source}: {worst.Condition.Message}" }),
        ];
    }

    /// <summary>Whether it is good that a condition holds.</summary>
    private static bool IsGood(ConditionType type) => type <= ConditionType.Healthy;

    private static ConditionDraft AllGood(ConditionDraft condition, int sources) =>
        condition.Type == ConditionType.Ready ? condition with { Message = $"the revisions of {sources} sources are in force" } : condition;

    /// <summary>The worst of what speaks against it, or that nothing does.</summary>
    private static ConditionDraft ReadyOf(
        ImmutableArray<ModelStatus> models, SourceFacts facts, string? fault, ImmutableArray<ConditionDraft> bad)
    {
        static ConditionDraft No(ConditionReason reason, string message) => new(ConditionType.Ready, Status: false, reason, message);
        ConditionDraft? Worst(ConditionType type) => bad.FirstOrDefault(condition => condition.Type == type);

        if (fault is not null)
            return No(ConditionReason.Internal, fault);
        if ((Worst(ConditionType.Stalled) ?? Worst(ConditionType.SourceStale)) is { } source)
            return No(source.Reason, source.Message);
        if (facts.State.Accepted is not { } accepted)
        {
            return No(
                facts.State.Failure is { } failure ? ReasonWords.Of(failure) : ConditionReason.NewRevision,
                facts.State.Error ?? "no revision was accepted yet; the first one is looked for");
        }

        if (facts.State.HasNewer)
        {
            return No(
                facts.State.Failure is { } unread ? ReasonWords.Of(unread) : ConditionReason.NewRevision,
                facts.State.Error ?? $"revision {ShortId.Of(facts.State.Tip!)} was seen and not judged yet");
        }

        if (models.FirstOrDefault(model => model.Reason is not null) is { } model)
            return No(model.Reason!.Value, ModelSentence.Of(model.Name, model.Message!));
        if (Unwell(models) is { } busy)
            return No(ConditionReason.NewRevision, ModelSentence.Of(busy.Name, Worked));
        if (Worst(ConditionType.PruneBlocked) is { } blocked)
            return No(blocked.Reason, blocked.Message);
        var revision = ShortId.Of(accepted.Desired.Revision);
        return facts.Converged
            ? new ConditionDraft(ConditionType.Ready, Status: true, ConditionReason.NoChange, $"revision {revision} is in force")
            : No(ConditionReason.NewRevision, $"revision {revision} is being applied");
    }

    /// <summary>What the host asks of a revision itself, and what was found of the newest one; absent where it asks for nothing.</summary>
    private static IEnumerable<ConditionDraft> OfStages(SourceState state)
    {
        if (state.TrustLoss is { } loss)
            yield return new ConditionDraft(ConditionType.SourceVerified, Status: false, ConditionReason.SignatureRejected, loss);
        else if (OfStage(state, RevisionStage.Verified, ConditionType.SourceVerified, "its signatures were verified") is { } verified)
            yield return verified;
        if (OfStage(state, RevisionStage.Allowed, ConditionType.PolicyPassed, "the host allows what it asks for") is { } allowed)
            yield return allowed;
    }

    private static ConditionDraft? OfStage(SourceState state, RevisionStage stage, ConditionType type, string good) =>
        state.Stages.FirstOrDefault(found => found.Stage == stage && found.Verdict != StageVerdict.NotAsked) is { } found
            ? new ConditionDraft(
                type, found.Verdict == StageVerdict.Passed, found.Reason, found.Message.Length > 0 ? found.Message : good)
            : null;

    private static ModelStatus? Unwell(ImmutableArray<ModelStatus> models) =>
        models.FirstOrDefault(model => model.Health != HealthState.Healthy);

    private static IEnumerable<ConditionDraft> Normal(ImmutableArray<ModelStatus> models)
    {
        var unbuilt = models.FirstOrDefault(model => model.DesiredBuild is null);
        yield return Draft(
            ConditionType.ArtifactsPresent, unbuilt, ConditionReason.NewRevision, "the build that git asks for is not made yet",
            "every build that git asks for was made");
        yield return Draft(
            ConditionType.Resident, models.FirstOrDefault(IsLost), ConditionReason.ResidencyLost,
            "declared always, but not in memory", "every pinned model is in memory");
        yield return Draft(
            ConditionType.Healthy, Unwell(models), ConditionReason.NewRevision,
            Worked, "every model works");
    }

    private static ConditionDraft Draft(
        ConditionType type, ModelStatus? model, ConditionReason reason, string problem, string good) =>
        model is null
            ? new ConditionDraft(type, Status: true, ConditionReason.NoChange, good)
            : new ConditionDraft(type, Status: false, model.Reason ?? reason, ModelSentence.Of(model.Name, model.Message ?? problem));

    private static ImmutableArray<ConditionDraft> Abnormal(
        ImmutableArray<ModelStatus> models, SourceFacts facts, DateTimeOffset now)
    {
        var bad = ImmutableArray.CreateBuilder<ConditionDraft>();
        void Add(ConditionType type, ConditionReason reason, string message) =>
            bad.Add(new ConditionDraft(type, Status: true, reason, message));

        if (Staleness(facts, now) is { } stale)
            Add(ConditionType.SourceStale, ConditionReason.SourceStale, stale);
        if (facts.State.TrustLoss is { } loss)
            Add(ConditionType.Stalled, ConditionReason.SignatureRejected, loss);
        else if (facts.State.Rejected is { } rejected)
            Add(ConditionType.Stalled, rejected.Reason, rejected.Message);
        else if (facts.Plan?.Notes.FirstOrDefault(note => note.Reason == "Fight") is { } fight)
            Add(ConditionType.Stalled, ConditionReason.Fight, fight.Message);
        else if (facts is { Converged: false, Plan.IsEmpty: false })
        {
            Add(
                ConditionType.Reconciling, ConditionReason.NewRevision,
                facts.Plan.Models.Length == 1 ? "1 model differs" : $"{facts.Plan.Models.Length} models differ");
        }

        if ((facts.Suspended ?? facts.Paused) is { } reason)
            Add(ConditionType.Suspended, ConditionReason.Suspended, reason);
        if (models.FirstOrDefault(model => model.Hold is not null) is { } held)
            Add(ConditionType.RolledBack, held.Reason ?? ConditionReason.Held, ModelSentence.Of(held.Name, held.Hold!));
        if (models.FirstOrDefault(model => model.Reason == ConditionReason.InsufficientMemory) is { } large)
            Add(ConditionType.CapacityShort, ConditionReason.InsufficientMemory, ModelSentence.Of(large.Name, large.Message!));
        if (facts.Plan?.Notes.Where(note => note.Reason == "PruneBlocked").ToArray() is [var blocked, ..] all)
        {
            var more = all.Length > ShownNames ? $" and {all.Length - ShownNames} more" : "";
            var names = string.Join(", ", all.Take(ShownNames).Select(note => note.Model.PlainName));
            Add(ConditionType.PruneBlocked, ConditionReason.PruneBlocked, $"{names}{more}: {blocked.Message}");
        }

        if (facts.Plan?.Notes.FirstOrDefault(note => note.Reason == "Drifted") is { } drifted)
            Add(ConditionType.Drifted, ConditionReason.Drifted, ModelSentence.Of(drifted.Model.FullName, drifted.Message));
        if (facts.Plan?.Notes.FirstOrDefault(note => note.Reason == "WeightsDamaged") is { } damaged)
            Add(ConditionType.WeightsDamaged, ConditionReason.WeightsDamaged, ModelSentence.Of(damaged.Model.FullName, damaged.Message));
        return bad.ToImmutable();
    }

    /// <summary>While changes are suspended the source is not asked, so its silence is no news.</summary>
    private static string? Staleness(SourceFacts facts, DateTimeOffset now)
    {
        if (facts.Suspended is not null || facts.Seen == DateTimeOffset.MaxValue)
            return null;
        var silent = now - facts.Seen;
        return silent <= facts.MaxAge
            ? null
            : $"{facts.Url} has not answered for {Durations.Format(TimeSpan.FromSeconds((long)silent.TotalSeconds))}, longer than "
                + $"--source-max-age {Durations.Format(facts.MaxAge)} allows; "
                + (facts.State.Error ?? "the server was not running in between");
    }

    private static bool IsLost(ModelStatus model) => model is { Residency: ResidencyMode.Always, Resident: false };
}
