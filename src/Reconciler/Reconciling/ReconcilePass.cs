using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// One pass: take in what is new of all sources, compare with what is there, do what is missing, report. Passes never overlap.
/// </summary>
internal sealed partial class ReconcilePass(
    FollowedSources sources, Observer observer, PlanExecutor executor, NameSwitch switching, PassRecords records,
    StatusWriter status, RequestQueue requests, TimeProvider time, ILogger<ReconcilePass> logger)
{
    private const int KeptBuilds = 3;

    private bool _started;
    private bool _restored;
    private bool _hadWork;

    /// <param name="newer">Completes when there may be a newer revision; asked only while work goes on.</param>
    /// <param name="cancellationToken">The daemon stops.</param>
    internal async Task<PassResult> RunAsync(Func<CancellationToken, Task> newer, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        PassResult? result = null;
        _hadWork = false;
        try
        {
            return result = await LookAndConvergeAsync(newer, cancellationToken);
        }
        finally
        {
            if (!cancellationToken.IsCancellationRequested)
                ReconcilerMetrics.Passed(_hadWork, result?.Word ?? "failed", time.GetElapsedTime(began));
        }
    }

    private async Task<PassResult> LookAndConvergeAsync(Func<CancellationToken, Task> newer, CancellationToken cancellationToken)
    {
        var failed = _restored ? null : await StartAsync(newer, cancellationToken);
        await sources.LookAsync(cancellationToken);
        if (sources.Accepted.IsEmpty)
            failed?.Throw();
        return await ConvergeAsync(newer, cancellationToken);
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
    private async Task<ExceptionDispatchInfo?> StartAsync(Func<CancellationToken, Task> newer, CancellationToken cancellationToken)
    {
        if (!_started)
        {
            foreach (var step in records.Journal.TakeInterrupted())
                LogInterrupted(step.Step, ModelName.TryParse(step.Model, out var interrupted) ? interrupted.PlainName : step.Model);
            switching.UnstageAll();
            _started = true;
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

        _restored = failed is null;
        if (!sources.Accepted.IsEmpty)
            await ConvergeAsync(newer, cancellationToken);
        return failed;
    }

    private async Task<PassResult> ConvergeAsync(Func<CancellationToken, Task> newer, CancellationToken cancellationToken)
    {
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
        foreach (var work in works)
        {
            work.Source.History.Begin(work.Accepted, work.Due);
            records.Turns.Planned(work);
        }

        if (works.Any(work => !work.Due.Models.IsEmpty))
            return await WorkAsync(works, newer, cancellationToken);
        await executor.ExecuteAsync([.. works.Select(work => work.Planned)], cancellationToken);
        Conclude(works, _ => []);
        return Finish(works);
    }

    /// <summary>What of a plan is done now.</summary>
    private static Plan DueOf(SourceWork work)
    {
        var due = work.Source.Retries.Due(work.Part.Plan, work.Part.Desired);
        return work.Source.Suspended is null && work.Source.State.TrustLoss is null ? due : due with { Models = [] };
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

            if (work.Source.Suspended is not null || work.Source.State.TrustLoss is not null)
                continue;
            await work.Source.Intake.FollowContentAsync(drift, cancellationToken);
            isChanged |= !ReferenceEquals(work.Source.State.Accepted, work.Accepted);
        }

        return isChanged ? Look() : works;
    }

    private async Task<PassResult> WorkAsync(
        ImmutableArray<SourceWork> works, Func<CancellationToken, Task> newer, CancellationToken cancellationToken)
    {
        _hadWork = true;
        foreach (var work in works.Where(work => !work.Due.Models.IsEmpty))
            LogPlan(work.Part.Desired.Revision, CountText.Of(work.Due.Models.Length, "model"));
        Show(works);
        var outcomes = await ExecuteAsync(works, newer, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var work in works)
        {
            work.Source.Retries.Record(work.Own(outcomes), work.Part.Desired);
            records.Turns.Worked(work, outcomes);
        }

        foreach (var failed in outcomes.OfType<ModelOutcome.Failed>())
            LogFailed(failed.Model.PlainName, failed.Message);

        // What one source wants kept is kept.
        if (works.Any(work => work.Due.Models.Any(model => model.Steps.Any(step => step is PlanStep.Switch or PlanStep.Prune))))
            switching.TrimKept(KeptBuilds, time.GetUtcNow() - works.Max(work => work.Due.BlobRetention));

        var left = Look();
        Conclude(left, source => works.First(work => work.Source == source).Own(outcomes));
        var result = Finish(left);
        return outcomes.Any(outcome => outcome is ModelOutcome.Cancelled) ? new PassResult.Superseded() : result;
    }

    private async Task<ImmutableArray<ModelOutcome>> ExecuteAsync(
        ImmutableArray<SourceWork> works, Func<CancellationToken, Task> newer, CancellationToken cancellationToken)
    {
        using var superseded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = WatchAsync(newer, superseded, done.Token, cancellationToken);
        try
        {
            return await executor.ExecuteAsync([.. works.Select(work => work.Planned)], superseded.Token);
        }
        finally
        {
            await done.CancelAsync();
            await watch;
        }
    }

    /// <summary>Work on a revision ends at the next safe point when a newer one is there, or a person wants something else.</summary>
    private async Task WatchAsync(
        Func<CancellationToken, Task> newer, CancellationTokenSource superseded, CancellationToken done, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await newer(done);
                if (requests.Interrupts || await sources.HasNewerAsync(stopping))
                {
                    await superseded.CancelAsync();
                    return;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work ended first.
        }
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
    private static void Conclude(ImmutableArray<SourceWork> left, Func<FollowedSource, ImmutableArray<ModelOutcome>> outcomes)
    {
        foreach (var work in left)
        {
            var (source, revision) = (work.Source, work.Part.Desired.Revision);
            var converged = Convergence.Holds(work.Part.Desired, work.Part.Actual, work.Part.Plan, source.Retries.Failures);
            if (converged && source.Revisions.Applied != revision)
                source.Revisions.Apply(revision);
            source.History.Finish(work.Accepted.Tree.Facts, work.Part.Plan, outcomes(source), converged);
        }
    }

    private PassResult Finish(ImmutableArray<SourceWork> works)
    {
        Show(works);
        records.Turns.Looked(works);
        Remember();
        records.Events.Flush();
        records.Retention.Apply();
        var now = time.GetUtcNow();
        var next = works
            .SelectMany(work => new[] { work.Source.Retries.NextDelay, PrunePlanner.NextDue(work.Part.Desired, work.Part.Actual) - now })
            .Min();
        return next is { } delay ? new PassResult.Waiting(delay) : new PassResult.Settled();
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
    private partial void LogFailed(string model, string reason);

    [LoggerMessage(LogLevel.Warning, "Step {Step} on model {Model} was cut short by the end of the process; planning anew")]
    private partial void LogInterrupted(string step, string model);
}
