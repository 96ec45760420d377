using System.Diagnostics;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Reconciler.Desired;
using ModelOps.Reconciler.Planning;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Times;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Execution;

/// <summary>
/// The state machine of one model on its way to one build: each step is written down before and after, and nothing that serves is
/// touched before the last one. Steps that only read or stage can be cancelled; the switch cannot.
/// </summary>
/// <param name="parts">What it needs.</param>
/// <param name="operation">What is to be done, and how it goes.</param>
/// <param name="moved">Called when it begins to wait for a server.</param>
internal sealed class ModelWork(ExecutionTools parts, Operation operation, Action moved) : IAsyncDisposable
{
    private IWarmBuild? _warm;
    private IDisposable? _place;
    private StoredModel? _staged;
    private BuildTelling? _telling;

    private ModelPlan Plan => operation.Plan;

    private DesiredIndex Desired => operation.Owner.Index;

    private IRevisionTree Tree => operation.Owner.Tree;

    /// <summary>What the model will be. Only a model that goes has none, and nothing asks for it then.</summary>
    private PlannedModel Planned => Plan.Planned ?? throw new UnreachableException();

    /// <summary>How the new build comes into memory, for the metrics.</summary>
    private string Strategy => Plan.Steps.OfType<PlanStep.Warm>().FirstOrDefault()?.Strategy switch
    {
        null => "unloaded",
        RolloutStrategy.DrainSwap => "drainSwap",
        _ => "warmStandby",
    };

    private CancellationToken Cancelled => operation.Cancelled;

    public async ValueTask DisposeAsync()
    {
        if (_warm is not null)
        {
            await _warm.DisposeAsync();
            parts.Pauses.Tell(
                _warm.Pause,
                About(EventKind.Paused, Plan.Model, "", _staged?.Digest ?? ""));
        }

        _place?.Dispose();
    }

    /// <param name="isKept">Whether what is cancelled now is to go on after the next start.</param>
    internal async Task<ModelOutcome> RunAsync(Func<bool> isKept)
    {
        Forsake(operation.Record(parts.Records));
        var began = parts.Time.GetTimestamp();
        (long Id, string Step)? done = null;
        foreach (var step in Plan.Steps)
        {
            if (Cancelled.IsCancellationRequested)
                return End(new ModelOutcome.Cancelled(Plan.Model), done, isDone: true, isKept());
            var entry = Begin(step, done);
            var outcome = await TryAsync(step);
            if (outcome is not null)
                return End(outcome, (entry, step.Word), isDone: false, isKept());
            done = (entry, step.Word);
        }

        if (Plan.Steps.Any(step => step is PlanStep.Switch))
            ReconcilerMetrics.Switched(Plan.Model.ShortName, Strategy, parts.Time.GetElapsedTime(began));
        return End(new ModelOutcome.Done(Plan.Model), done, isDone: true, isKept: false);
    }

    /// <summary>The end of the step before, the beginning of this one and where the model is are one record.</summary>
    private long Begin(PlanStep step, (long Id, string Step)? done) => parts.Journal.Begin(
        Desired.Revision, Plan.Model.FullName, step.Word, done,
        entry =>
        {
            operation.Progress.Enter(PhaseOf(step) ?? operation.Progress.Phase, entry);
            parts.Records.Set(operation.Record(parts.Records));
        });

    private ModelOutcome End(ModelOutcome outcome, (long Id, string Step)? last, bool isDone, bool isKept)
    {
        // What is tried again is written down with the time of that, by the pass that takes it in.
        void Remember()
        {
            if (outcome is ModelOutcome.Cancelled && isKept)
                parts.Records.Set(operation.Record(parts.Records));
            else if (outcome is not ModelOutcome.Failed)
                parts.Records.Remove(Plan.Model.FullName);
        }

        if (last is var (entry, step))
            parts.Journal.End(entry, step, isDone, isDone ? "" : Describe(outcome), Remember);
        else
            Remember();

        // Also what a process before this one left in the making: a plan that only records what is served builds nothing.
        if (outcome is not ModelOutcome.Failed && !isKept && operation.Desired is { } desired)
            parts.Switching.Unstage(ReservedNames.Staged(Plan.Model, desired.Inputs));
        return outcome;
    }

    /// <summary>Another build of the model that was in the making is not wanted any more.</summary>
    private void Forsake(OperationRecord now)
    {
        if (parts.Records.Find(now.Model) is { Inputs.Length: > 0 } before && before.Inputs != now.Inputs)
            parts.Switching.Unstage(ReservedNames.Staged(Plan.Model, before.Inputs));
    }

    /// <summary>Null for steps that are over at once.</summary>
    private static ModelPhase? PhaseOf(PlanStep step) => step switch
    {
        PlanStep.Build => ModelPhase.Building,
        PlanStep.Warm or PlanStep.Load => ModelPhase.Warming,
        PlanStep.Gate => ModelPhase.Gating,
        PlanStep.Canary => ModelPhase.Canary,
        _ => null,
    };

    private void Enter(ModelPhase phase)
    {
        if (operation.Progress.Phase == phase)
            return;
        operation.Progress.Enter(phase, operation.Progress.Read().Step);
        parts.Records.Set(operation.Record(parts.Records));
        if (phase == ModelPhase.Fetching)
            moved();
    }

    /// <summary>Null when the step is done.</summary>
    private async Task<ModelOutcome?> TryAsync(PlanStep step)
    {
        try
        {
            return await ApplyAsync(step);
        }
        catch (OperationCanceledException) when (Cancelled.IsCancellationRequested)
        {
            return new ModelOutcome.Cancelled(step.Model);
        }
        catch (Exception error) when (error is TimeoutException or DependencyNotReadyException or NameTakenException or StoreException
            or ModelRuntimeException or GitSourceException or IOException or UnauthorizedAccessException)
        {
            var (reason, isPermanent) = FailureReasons.Of(error);
            return Failed(step, reason, error.Message, isPermanent);
        }
    }

    private async Task<ModelOutcome?> ApplyAsync(PlanStep step)
    {
        switch (step)
        {
            case PlanStep.Build build:
                parts.Switching.RequireFree(Planned);
                _telling = new BuildTelling(
                    (kind, message, digest) => Tell(kind, build.Model, message, digest), Enter, operation.Progress.Transfer, parts.Time);
                _staged = await LimitAsync(
                    "the build", parts.Options.BuildTimeout,
                    token => parts.Builds.EnsureAsync(Desired.Models[build.Model], Desired, Tree, operation.Build, _telling, token));
                return null;
            case PlanStep.Warm warm:
                await WarmAsync(warm);
                return null;
            case PlanStep.Gate gate:
                return await AskAsync(gate);
            case PlanStep.Canary canary:
                return await ShareAsync(canary);
            case PlanStep.Switch change:
                return Commit(() => Switch(change));
            case PlanStep.Declare:
                return Commit(() => parts.Policies.Set(Planned.Policies));
            case PlanStep.Load load:
                await LoadAsync(load.Model);
                return null;
            case PlanStep.Prune prune:
                var unloading = Task.CompletedTask;
                var outcome = Commit(() => unloading = parts.Switching.PruneAsync(prune.Name, Cancelled));
                await unloading;
                return outcome;
            default:
                throw new UnreachableException();
        }
    }

    private void Switch(PlanStep.Switch change)
    {
        var before = parts.Switching.Switch(change, Planned, _staged, _warm);
        if (before is null || _staged is null || operation.Desired?.Spec.Rollout.Rollback is not { Automatic: true } rollback)
            return;
        var now = parts.Time.GetUtcNow();
        parts.Observations.Set(new ObservationRecord(Plan.Model.FullName, _staged.Digest, before, now, now + rollback.Observe));
    }

    /// <summary>Null when it was done.</summary>
    private ModelOutcome.Cancelled? Commit(Action change) =>
        operation.TryCommit(change) ? null : new ModelOutcome.Cancelled(Plan.Model);

    private async Task WarmAsync(PlanStep.Warm step)
    {
        _place ??= await parts.Places.LoadAsync(Cancelled);
        var drains = step.Strategy == RolloutStrategy.DrainSwap;
        var takeover = new Takeover(Planned.Names, drains)
        {
            OnlyBeside = !drains && step.Fallback == RolloutFallback.None,
            MaxWaiting = step.Queue.MaxRequests,
            MaxWait = step.Queue.MaxWait,
        };
        var policy = Planned.PolicyOf(_staged!.Name);
        _warm = await LimitAsync(
            "loading it", parts.Options.WarmTimeout, token => parts.Runtime.WarmAsync(_staged.Name, policy, takeover, token));
        Tell(EventKind.WarmStarted, step.Model, "the new build is in memory", _staged!.Digest);
    }

    private async Task LoadAsync(ModelName model)
    {
        _place ??= await parts.Places.LoadAsync(Cancelled);
        _warm = await LimitAsync(
            "loading it", parts.Options.WarmTimeout,
            token => parts.Runtime.WarmAsync(model, Planned.PolicyOf(model), takeover: null, token));
        Tell(EventKind.Pinned, model, $"{model.PlainName} is in memory");
    }

    private async Task<ModelOutcome?> AskAsync(PlanStep.Gate gate)
    {
        var policy = Planned.PolicyOf(_staged!.Name);
        if (await parts.Gate.AskAsync(_staged.Name, _staged.Digest, policy, gate.Spec, Cancelled) is not { } problem)
        {
            Tell(EventKind.GatePassed, gate.Model, $"{CountText.Of(gate.Spec.Count, "question")} passed", _staged.Digest);
            return null;
        }

        return Refuse(EventKind.GateFailed, "gate", (gate.Inputs, gate.Attempt), "its smoke gate failed", problem);
    }

    /// <summary>Clients may take their time: others get the places meanwhile.</summary>
    private async Task<ModelOutcome?> ShareAsync(PlanStep.Canary canary)
    {
        _place?.Dispose();
        _place = null;
        moved();
        var (spec, build) = (canary.Spec, _staged!);
        Tell(
            EventKind.CanaryStarted, canary.Model,
            $"the new build answers {spec.Share}% of the requests for {Durations.Format(spec.Duration)}",
            build.Digest);
        if (await parts.Canaries.RunAsync(_warm!, build.Name, spec, operation.Progress.Canary, Cancelled) is not { } problem)
        {
            Tell(EventKind.CanaryPassed, canary.Model, "the new build served its share well, and takes over", build.Digest);
            return null;
        }

        return Refuse(EventKind.CanaryAborted, Hold.ByCanary, (canary.Inputs, canary.Attempt), "its canary failed", problem);
    }

    /// <summary>The build is held, and what served before goes on. Told first: the end of the hold is never told before it.</summary>
    private ModelOutcome.Refused Refuse(EventKind kind, string actor, (string Inputs, string Attempt) what, string why, string problem)
    {
        var build = _staged!;
        Tell(kind, Plan.Model, problem, build.Digest);
        parts.Holds.Add(
            new Hold(Plan.Model.FullName, what.Inputs, $"{why}: {problem}", actor, parts.Time.GetUtcNow())
            {
                Reach = HoldReach.Attempt,
                Build = build.Digest,
                Attempt = what.Attempt,
            });
        parts.Switching.Unstage(build.Name);
        return new ModelOutcome.Refused(Plan.Model, problem);
    }

    private ModelOutcome.Failed Failed(PlanStep step, string reason, string message, bool isPermanent)
    {
        if (step is PlanStep.Build)
            _telling?.Failed(reason);
        var kind = reason switch
        {
            "DependencyNotReady" => EventKind.DependencyNotReady,
            "DigestMismatch" => EventKind.DigestMismatch,
            "NameConflict" => EventKind.NameConflict,
            _ => FailureOf(step),
        };
        Tell(kind, step.Model, message, _staged?.Digest ?? "");
        return new ModelOutcome.Failed(step.Model, reason, message, isPermanent);
    }

    private static EventKind FailureOf(PlanStep step) => step switch
    {
        PlanStep.Build => EventKind.BuildFailed,
        PlanStep.Warm or PlanStep.Load => EventKind.WarmFailed,
        PlanStep.Gate => EventKind.GateFailed,
        PlanStep.Canary => EventKind.CanaryAborted,
        PlanStep.Prune => EventKind.PruneFailed,
        _ => EventKind.SwitchFailed,
    };

    private void Tell(EventKind kind, ModelName model, string message, string build = "") =>
        parts.Events.Add(About(kind, model, message, build));

    private NewEvent About(EventKind kind, ModelName model, string message, string build) => new(kind, message)
    {
        Model = model,
        Source = Desired.Source,
        Revision = Desired.Revision,
        Build = build,
        Actor = Tree.Facts.Author,
    };

    private async Task<T> LimitAsync<T>(string what, TimeSpan limit, Func<CancellationToken, Task<T>> work)
    {
        using var elapsed = new CancellationTokenSource(limit, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(elapsed.Token, Cancelled);
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException error) when (elapsed.IsCancellationRequested && !Cancelled.IsCancellationRequested)
        {
            throw new TimeoutException($"{what} took longer than {Durations.Format(limit)}", error);
        }
    }

    private static string Describe(ModelOutcome outcome) => outcome switch
    {
        ModelOutcome.Failed failed => failed.Message,
        ModelOutcome.Refused refused => refused.Message,
        _ => "cancelled",
    };
}
