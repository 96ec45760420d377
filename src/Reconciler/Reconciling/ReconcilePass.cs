using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// One pass: take in what is new of all sources and what became of the work that was begun, compare with what is there, begin what is
/// missing and cancel what is not wanted any more, report. It waits for no model. Passes never overlap.
/// </summary>
internal sealed partial class ReconcilePass(
    FollowedSources sources, Observer observer, Operations operations, PolicyBook policies, NameSwitch switching, PassRecords records,
    StatusWriter status, TimeProvider time, ILogger<ReconcilePass> logger)
{
    private const int KeptBuilds = 3;

    private static readonly TimeSpan s_betweenTrims = TimeSpan.FromMinutes(1);

    private bool _isTrimmed = true;
    private DateTimeOffset _trimDue = time.GetUtcNow() + s_betweenTrims;
    private bool _started;
    private bool _restored;
    private bool _hadWork;

    /// <param name="cancellationToken">The daemon stops.</param>
    internal async Task<PassResult> RunAsync(CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        PassResult? result = null;
        _hadWork = false;
        try
        {
            return result = await LookAndConvergeAsync(cancellationToken);
        }
        finally
        {
            if (!cancellationToken.IsCancellationRequested)
                ReconcilerMetrics.Passed(_hadWork, result?.Word ?? "failed", time.GetElapsedTime(began));
        }
    }

    private async Task<PassResult> LookAndConvergeAsync(CancellationToken cancellationToken)
    {
        var isOther = await sources.TakeOverAsync();
        var failed = _restored && !isOther ? null : await StartAsync(cancellationToken);
        await sources.LookAsync(cancellationToken);
        if (sources.Accepted.IsEmpty)
            failed?.Throw();
        return await ConvergeAsync(cancellationToken);
    }

    /// <summary>
    /// What differs now between the accepted revisions and what is served; null when none was accepted. Any thread may ask.
    /// </summary>
    internal Plan? Compare() =>
        sources.Desired is { IsEmpty: false } desired
            ? Plan.Merge(SourcePlanner.Plan(desired, sources.Names, observer.Observe(desired, sources.Names)))
            : null;

    /// <summary>Shows what is known, between passes.</summary>
    internal void Show()
    {
        if (sources.Accepted.IsEmpty)
            ShowNothing();
        else
            Show(Look());
        records.Events.Flush();
    }

    /// <summary>
    /// Serves the last accepted revisions before any remote is asked. An error of reading one is returned and not thrown: a newer revision
    /// may mend it, and the other sources are served all the same.
    /// </summary>
    private async Task<ExceptionDispatchInfo?> StartAsync(CancellationToken cancellationToken)
    {
        if (!_started)
        {
            foreach (var step in records.Journal.TakeInterrupted())
                LogInterrupted(step.Step, ModelName.TryParse(step.Model, out var interrupted) ? interrupted.PlainName : step.Model);
        }

        ExceptionDispatchInfo? failed = null;
        foreach (var source in sources.All.Where(source => source.State.Accepted is null))
        {
            try
            {
                await source.Intake.RestoreAsync(cancellationToken);
            }
#pragma warning disable CA1031 // The caller throws it again when no revision is accepted by then.
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                failed ??= ExceptionDispatchInfo.Capture(error);
            }
        }

        if (!_started)
            switching.UnstageAll(OwnModels(), records.Operations.All.Values.Select(StagedOf).OfType<ModelName>().ToHashSet());
        _started = true;
        _restored = failed is null;
        if (!sources.Accepted.IsEmpty)
            await ConvergeAsync(cancellationToken);
        return failed;
    }

    /// <summary>Every model that this home declares or worked on.</summary>
    private IEnumerable<ModelName> OwnModels() => sources.Desired.SelectMany(desired => desired.Models).Select(model => model.Name)
        .Concat(records.Operations.All.Keys.Select(ModelName.Parse))
        .Concat(observer.ManagedModels);

    private static ModelName? StagedOf(OperationRecord record) =>
        record.Inputs.Length == 0 ? null : ReservedNames.Staged(ModelName.Parse(record.Model), record.Inputs);

    private async Task<PassResult> ConvergeAsync(CancellationToken cancellationToken)
    {
        var ended = operations.TakeEnded();
        TakeIn(ended);
        if (sources.Accepted.IsEmpty)
        {
            ShowNothing();
            records.Turns.Looked([]);
            Remember();
            records.Events.Flush();
            records.Retention.Apply();
            return new PassResult.Settled();
        }

        ReleaseHolds();
        var works = await FollowContentAsync(Look(), cancellationToken);
        works = [.. works.Select(work => work with { Due = DueOf(work) })];
        Begin(works);
        Conclude(works, ended);

        Trim(works, ended);
        Forget();
        return Finish(works);
    }

    /// <summary>What became of the work that was begun by earlier passes.</summary>
    private void TakeIn(ImmutableArray<EndedOperation> ended)
    {
        foreach (var one in ended)
        {
            records.Turns.Worked(one);
            records.Fights.TakeIn(one);
            if (one.Outcome is ModelOutcome.Failed failed)
                LogFailed(one.Fault, failed.Model.PlainName, failed.Message);
            sources.Find(one.Operation.Source)?.Retries.Record(one.Operation, one.Outcome);
        }

        if (!ended.Any(one => one.Outcome is ModelOutcome.Done))
            return;
        foreach (var source in sources.All)
            source.Retries.TryDependents();
    }

    /// <summary>Begins what is missing, and cancels what is not wanted any more.</summary>
    private void Begin(ImmutableArray<SourceWork> works)
    {
        var begun = operations.Admit([.. works.Where(work => !work.Source.IsFrozen).Select(work => work.Planned)]);
        foreach (var work in works)
        {
            ImmutableArray<ModelPlan> own =
                [.. begun.Where(queued => queued.Owner.Desired.Source == work.Source.Name).Select(queued => queued.Plan)];
            work.Source.History.Begin(work.Accepted, work.Due with { Models = own });
            records.Turns.Planned(work, own);
            if (!own.IsEmpty)
                LogPlan(work.Part.Desired.Revision, CountText.Of(own.Length, "model"));
        }

        _hadWork |= !begun.IsEmpty;
        policies.Set(works.Where(work => work.Source.Stopped is null).SelectMany(work => work.Due.Policies));
        foreach (var source in sources.All)
            policies.Answer(source.Name, source.Stopped);
        operations.Start();
    }

    /// <summary>
    /// Lets go of builds that are too old or too many: that reads the whole store, so it is done once when a lot of work has come to its
    /// end, or after a while. What one source wants kept is kept.
    /// </summary>
    private void Trim(ImmutableArray<SourceWork> works, ImmutableArray<EndedOperation> ended)
    {
        _isTrimmed &= !ended.Any(one => one.Operation.Plan.Steps.Any(step => step is PlanStep.Switch or PlanStep.Prune));
        var now = time.GetUtcNow();
        if (_isTrimmed || (!operations.IsIdle && now < _trimDue && now > _trimDue - s_betweenTrims))
            return;
        switching.TrimKept(KeptBuilds, now - works.Max(work => work.Due.BlobRetention));
        (_isTrimmed, _trimDue) = (true, now + s_betweenTrims);
    }

    /// <summary>Work that was cut short and that nobody asks for any more leaves nothing behind.</summary>
    private void Forget()
    {
        if (sources.Accepted.Length < sources.All.Length)
            return;
        foreach (var record in records.Operations.All.Values)
        {
            var model = ModelName.Parse(record.Model);
            if (operations.IsWorkedOn(model, source: null)
                || sources.Find(record.Source)?.IsFrozen == true
                || sources.All.Any(source => source.Retries.Failures.ContainsKey(model)))
            {
                continue;
            }

            if (StagedOf(record) is { } staged)
                switching.Unstage(staged);
            records.Operations.Remove(record.Model);
        }
    }

    /// <summary>What of a plan is done now.</summary>
    private static Plan DueOf(SourceWork work)
    {
        var due = work.Source.Retries.Due(work.Part.Plan, work.Part.Desired);
        if (work.Source.IsFrozen)
            return due with { Models = [] };
        return work.Closed is not { } closed ? due : due with
        {
            Models =
            [
                .. due.Models.Where(model => model.OnlyLoads || (closed.AllowsManual && work.Source.Manual.Covers(model.Model))),
            ],
        };
    }

    /// <summary>What each source that has an accepted revision wants, and what is there of it.</summary>
    private ImmutableArray<SourceWork> Look()
    {
        var followed = sources.Accepted;
        var accepted = followed.Select(source => source.State.Accepted!).ToArray();
        ImmutableArray<DesiredState> desired = [.. accepted.Select(revision => revision.Desired)];
        var parts = SourcePlanner.Plan(desired, sources.Names, observer.Observe(desired, sources.Names));
        return [.. followed.Zip(accepted, parts).Select(work => new SourceWork(work.First, work.Second, work.Third))];
    }

    /// <summary>Content outside git changed: that is told, and taken in where the set asks for it and changes are applied.</summary>
    private async Task<ImmutableArray<SourceWork>> FollowContentAsync(
        ImmutableArray<SourceWork> works, CancellationToken cancellationToken)
    {
        var isChanged = false;
        foreach (var work in works)
        {
            var drift = work.Part.OwnDrift;
            foreach (var (model, change) in drift)
            {
                records.Events.Add(new NewEvent(EventKind.DriftDetected, $"{change} since it was taken in")
                {
                    Model = model,
                    Source = work.Source.Name,
                    Revision = work.Part.Desired.Revision,
                });
            }

            if (work.Source.IsFrozen)
                continue;
            await work.Source.Intake.FollowContentAsync(drift, cancellationToken);
            isChanged |= !ReferenceEquals(work.Source.State.Accepted, work.Accepted);
        }

        return isChanged ? Look() : works;
    }

    /// <summary>
    /// A hold is for one build; it ends when git asks for another one. While the revision of a source is not known, nobody knows whether
    /// its models are still declared.
    /// </summary>
    private void ReleaseHolds()
    {
        foreach (var hold in records.Holds.All.Values)
        {
            var name = ModelName.Parse(hold.Model);
            var found = sources.FindModel(name) is { } declared && declared.Model.Name == name ? declared : default;
            if (found.Model is null ? sources.Accepted.Length < sources.All.Length : hold.Covers(found.Model))
                continue;
            records.Holds.Release(hold.Model);
            records.Events.Add(
                new NewEvent(EventKind.HoldReleased, found.Model is null ? "it is not declared any more" : "git asks for something else")
                {
                    Model = name,
                    Source = found.Source?.Name ?? "",
                    Revision = (found.Source ?? sources.Accepted[0]).State.Accepted?.Desired.Revision ?? "",
                    Build = hold.Build,
                    Actor = (found.Source ?? sources.Accepted[0]).State.Accepted?.Tree.Facts.Author ?? "",
                });
        }
    }

    /// <summary>Writes down what came of each source.</summary>
    private static void Conclude(ImmutableArray<SourceWork> works, ImmutableArray<EndedOperation> ended)
    {
        foreach (var work in works)
        {
            var (source, revision) = (work.Source, work.Part.Desired.Revision);
            var converged = Convergence.Holds(work.Part.Desired, work.Part.Actual, work.Part.Plan, source.Retries.Failures);
            if (converged && source.Revisions.Applied != revision)
                source.Revisions.Apply(revision);
            ImmutableArray<ModelOutcome> own =
                [.. ended.Where(one => one.Operation.Source == source.Name).Select(one => one.Outcome)];
            source.History.Finish(work.Accepted.Tree.Facts, work.Part.Plan, own, converged);
        }
    }

    private PassResult Finish(ImmutableArray<SourceWork> works)
    {
        Show(works);
        records.Turns.Looked(works);
        Remember();
        records.Events.Flush();
        records.Retention.Apply();
        foreach (var source in works.Where(work => work.Due.Models.IsEmpty).Select(work => work.Source))
        {
            if (!source.IsLooking && !operations.IsWorkedOn(model: null, source.Name))
                source.Manual.End();
        }

        var now = time.GetUtcNow();
        return works.Min(work => work.NextDelay(now)) is { } delay ? new PassResult.Waiting(delay) : new PassResult.Settled();
    }

    private void Remember()
    {
        foreach (var source in sources.All)
            source.Intake.Remember();
    }

    private void Show(ImmutableArray<SourceWork> works) => status.Write(
        [.. sources.All.Select(source => source.View(works.FirstOrDefault(work => work.Source == source)?.Part))]);

    private void ShowNothing() => status.Write([.. sources.All.Select(source => source.View())]);

    [LoggerMessage(LogLevel.Information, "Revision {Revision} changes {Models}")]
    private partial void LogPlan(string revision, string models);

    [LoggerMessage(LogLevel.Error, "Model {Model} failed: {Reason}")]
    private partial void LogFailed(Exception? fault, string model, string reason);

    [LoggerMessage(LogLevel.Warning, "Step {Step} on model {Model} was cut short by the end of the process; planning anew")]
    private partial void LogInterrupted(string step, string model);
}
