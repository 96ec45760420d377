using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Logging;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Control;
using ModelOps.Reconciler.Execution;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>One pass: take in what is new, compare with what is there, do what is missing, report. Passes never overlap.</summary>
internal sealed partial class ReconcilePass(
    RevisionIntake intake, Observer observer, PlanExecutor executor, NameSwitch switching, RetryBook retries, PassRecords records,
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
        if (records.Revisions.Suspended is null)
        {
            var asked = time.GetTimestamp();
            await intake.RefreshAsync(cancellationToken);
            records.History.Looked(intake.State, time.GetElapsedTime(asked));
        }

        if (intake.State.Accepted is null)
            failed?.Throw();
        return await ConvergeAsync(newer, cancellationToken);
    }

    /// <summary>What differs now between the accepted revision and what is served; null when none was accepted. By any thread.</summary>
    internal Plan? Compare() =>
        intake.State.Accepted is { Desired: var desired } ? Planner.Plan(desired, observer.Observe(desired)) : null;

    /// <summary>Shows what is known, between passes.</summary>
    internal void Show()
    {
        var actual = intake.State.Accepted is { Desired: var desired } ? observer.Observe(desired) : null;
        status.Write(
            intake.State, actual is null ? null : Planner.Plan(intake.State.Accepted!.Desired, actual), actual, retries.Failures);
        records.Events.Flush();
    }

    /// <summary>
    /// Serves the last accepted revision before the remote is asked. An error of reading it is returned and not thrown: a newer revision
    /// may mend it.
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

        try
        {
            await intake.RestoreAsync(cancellationToken);
            _restored = true;
        }
#pragma warning disable CA1031 // The caller throws it again when no revision is accepted by then.
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return ExceptionDispatchInfo.Capture(error);
        }

        if (intake.State.Accepted is not null)
            await ConvergeAsync(newer, cancellationToken);
        return null;
    }

    private async Task<PassResult> ConvergeAsync(Func<CancellationToken, Task> newer, CancellationToken cancellationToken)
    {
        if (intake.State.Accepted is not { } accepted)
        {
            status.Write(intake.State, plan: null, actual: null, retries.Failures);
            records.Turns.Looked(accepted: null, plan: null, actual: null);
            intake.Remember();
            records.Events.Flush();
            records.Retention.Apply();
            return new PassResult.Settled();
        }

        ReleaseHolds(accepted);
        var actual = observer.Observe(accepted.Desired);
        (accepted, actual) = await FollowContentAsync(accepted, actual, cancellationToken);
        var plan = Planner.Plan(accepted.Desired, actual);
        var due = retries.Due(plan, accepted.Desired);
        if (records.Revisions.Suspended is not null)
            due = due with { Models = [] };
        records.History.Begin(accepted, due);
        records.Turns.Planned(plan, due, accepted);
        _hadWork |= !due.Models.IsEmpty;
        if (due.Models.IsEmpty)
        {
            await executor.ExecuteAsync(due, accepted.Desired, accepted.Tree, cancellationToken);
            Remember(accepted, plan, actual, []);
            return Finish(accepted, plan, actual);
        }

        return await WorkAsync(due, plan, accepted, actual, newer, cancellationToken);
    }

    /// <summary>Content outside git changed: that is told, and taken in where the set asks for it and changes are applied.</summary>
    private async Task<(AcceptedRevision Accepted, ActualState Actual)> FollowContentAsync(
        AcceptedRevision accepted, ActualState actual, CancellationToken cancellationToken)
    {
        foreach (var (model, change) in actual.ContentDrift)
        {
            records.Events.Add(new NewEvent(EventKind.DriftDetected, $"{change} since it was taken in")
            {
                Model = model,
                Revision = accepted.Desired.Revision,
            });
        }

        if (records.Revisions.Suspended is not null)
            return (accepted, actual);
        await intake.FollowContentAsync(actual.ContentDrift, cancellationToken);
        var now = intake.State.Accepted!;
        return ReferenceEquals(now, accepted) ? (accepted, actual) : (now, observer.Observe(now.Desired));
    }

    private async Task<PassResult> WorkAsync(
        Plan due, Plan whole, AcceptedRevision accepted, ActualState before, Func<CancellationToken, Task> newer,
        CancellationToken cancellationToken)
    {
        LogPlan(accepted.Desired.Revision, CountText.Of(due.Models.Length, "model"));
        status.Write(intake.State, whole, before, retries.Failures);
        var outcomes = await ExecuteAsync(due, accepted, newer, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        retries.Record(outcomes, accepted.Desired);
        records.Turns.Worked(due, outcomes, accepted);
        foreach (var failed in outcomes.OfType<ModelOutcome.Failed>())
            LogFailed(failed.Model.PlainName, failed.Message);
        if (due.Models.Any(model => model.Steps.Any(step => step is PlanStep.Switch or PlanStep.Prune)))
            switching.TrimKept(KeptBuilds, time.GetUtcNow() - due.BlobRetention);

        var superseded = outcomes.Any(outcome => outcome is ModelOutcome.Cancelled);
        var actual = observer.Observe(accepted.Desired);
        var left = Planner.Plan(accepted.Desired, actual);
        Remember(accepted, left, actual, outcomes);
        var result = Finish(accepted, left, actual);
        return superseded ? new PassResult.Superseded() : result;
    }

    private async Task<ImmutableArray<ModelOutcome>> ExecuteAsync(
        Plan due, AcceptedRevision accepted, Func<CancellationToken, Task> newer, CancellationToken cancellationToken)
    {
        using var superseded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watch = WatchAsync(newer, superseded, done.Token);
        try
        {
            return await executor.ExecuteAsync(due, accepted.Desired, accepted.Tree, superseded.Token);
        }
        finally
        {
            await done.CancelAsync();
            await watch;
        }
    }

    /// <summary>Work on a revision ends at the next safe point when a newer one is there, or a person wants something else.</summary>
    private async Task WatchAsync(Func<CancellationToken, Task> newer, CancellationTokenSource superseded, CancellationToken done)
    {
        try
        {
            while (true)
            {
                await newer(done);
                if (requests.Interrupts || await intake.HasNewerAsync(done))
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

    /// <summary>A hold is for one build; it ends when git asks for another one.</summary>
    private void ReleaseHolds(AcceptedRevision accepted)
    {
        foreach (var hold in records.Holds.All.Values)
        {
            var model = accepted.Desired.Models.FirstOrDefault(model => model.Name.FullName == hold.Model);
            if (model is not null && hold.Covers(model))
                continue;
            records.Holds.Release(hold.Model);
            records.Events.Add(
                new NewEvent(EventKind.HoldReleased, model is null ? "it is not declared any more" : "git asks for something else")
                {
                    Model = model?.Name ?? ModelName.Parse(hold.Model),
                    Revision = accepted.Desired.Revision,
                    Build = hold.Build,
                    Actor = accepted.Tree.Facts.Author,
                });
        }
    }

    private void Remember(AcceptedRevision accepted, Plan left, ActualState actual, ImmutableArray<ModelOutcome> outcomes)
    {
        var revision = accepted.Desired.Revision;
        var converged = Convergence.Holds(accepted.Desired, actual, left, retries.Failures);
        if (converged && records.Revisions.Applied != revision)
            records.Revisions.Apply(revision);
        records.History.Finish(accepted.Tree.Facts, left, outcomes, converged);
    }

    private PassResult Finish(AcceptedRevision accepted, Plan left, ActualState actual)
    {
        status.Write(intake.State, left, actual, retries.Failures);
        records.Turns.Looked(accepted, left, actual);
        intake.Remember();
        records.Events.Flush();
        records.Retention.Apply();
        var grace = PrunePlanner.NextDue(accepted.Desired, actual) - time.GetUtcNow();
        return (retries.NextDelay, grace) switch
        {
            ({ } retry, { } due) => new PassResult.Waiting(due < retry ? due : retry),
            ({ } retry, null) => new PassResult.Waiting(retry),
            (null, { } due) => new PassResult.Waiting(due),
            _ => new PassResult.Settled(),
        };
    }

    [LoggerMessage(LogLevel.Information, "Revision {Revision} changes {Models}")]
    private partial void LogPlan(string revision, string models);

    [LoggerMessage(LogLevel.Error, "Model {Model} failed: {Reason}")]
    private partial void LogFailed(string model, string reason);

    [LoggerMessage(LogLevel.Warning, "Step {Step} on model {Model} was cut short by the end of the process; planning anew")]
    private partial void LogInterrupted(string step, string model);
}
