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
internal sealed class ModelWork(ExecutionTools parts, ModelPlan plan, DesiredIndex desired, IRevisionTree tree) : IAsyncDisposable
{
    private IWarmBuild? _warm;
    private StoredModel? _staged;
    private BuildTelling? _telling;

    /// <summary>What the model will be. Only a model that goes has none, and nothing asks for it then.</summary>
    private PlannedModel Planned => plan.Planned ?? throw new UnreachableException();

    public async ValueTask DisposeAsync()
    {
        if (_warm is not null)
            await _warm.DisposeAsync();
    }

    internal async Task<ModelOutcome> RunAsync(CancellationToken cancellationToken)
    {
        foreach (var step in plan.Steps)
        {
            if (cancellationToken.IsCancellationRequested)
                return new ModelOutcome.Cancelled(plan.Model);
            var entry = parts.Journal.Intend(desired.Revision, plan.Model.FullName, step.Word);
            var outcome = await TryAsync(step, cancellationToken);
            if (outcome is not null)
            {
                parts.Journal.Finish(entry, step.Word, done: false, Describe(outcome));
                return outcome;
            }

            parts.Journal.Finish(entry, step.Word, done: true, "");
        }

        return new ModelOutcome.Done(plan.Model);
    }

    /// <summary>Null when the step is done.</summary>
    private async Task<ModelOutcome?> TryAsync(PlanStep step, CancellationToken cancellationToken)
    {
        try
        {
            return await ApplyAsync(step, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new ModelOutcome.Cancelled(step.Model);
        }
        catch (Exception error) when (error is TimeoutException or DependencyNotReadyException or StoreException or ModelRuntimeException
            or GitSourceException or IOException or UnauthorizedAccessException)
        {
            var (reason, isPermanent) = FailureReasons.Of(error);
            return Failed(step, reason, error.Message, isPermanent);
        }
    }

    private async Task<ModelOutcome?> ApplyAsync(PlanStep step, CancellationToken cancellationToken)
    {
        switch (step)
        {
            case PlanStep.Build build:
                parts.Show(build.Model, ModelPhase.Building);
                _telling = new BuildTelling((kind, message, digest) => Tell(kind, build.Model, message, digest), parts.Time);
                _staged = await LimitAsync(
                    "the build", parts.Options.BuildTimeout,
                    token => parts.Builds.EnsureAsync(desired.Models[build.Model], desired, tree, _telling, token),
                    cancellationToken);
                return null;
            case PlanStep.Warm warm:
                parts.Show(warm.Model, ModelPhase.Warming);
                await WarmAsync(warm, cancellationToken);
                return null;
            case PlanStep.Gate gate:
                parts.Show(gate.Model, ModelPhase.Gating);
                return await AskAsync(gate, cancellationToken);
            case PlanStep.Switch change:
                parts.Switching.Switch(change, Planned, _staged, _warm);
                return null;
            case PlanStep.Declare:
                parts.Policies.Set(Planned.Policies);
                return null;
            case PlanStep.Load load:
                parts.Show(load.Model, ModelPhase.Warming);
                await LoadAsync(load.Model, cancellationToken);
                return null;
            case PlanStep.Prune prune:
                await parts.Switching.PruneAsync(prune.Name, cancellationToken);
                return null;
            default:
                throw new UnreachableException();
        }
    }

    private async Task WarmAsync(PlanStep.Warm step, CancellationToken cancellationToken)
    {
        var takeover = new Takeover(Planned.Names, DrainFirst: step.Strategy == RolloutStrategy.DrainSwap);
        var policy = Planned.PolicyOf(_staged!.Name);
        _warm = await LimitAsync(
            "loading it", parts.Options.WarmTimeout, token => parts.Runtime.WarmAsync(_staged.Name, policy, takeover, token),
            cancellationToken);
        Tell(EventKind.WarmStarted, step.Model, "the new build is in memory", _staged!.Digest);
    }

    private async Task LoadAsync(ModelName model, CancellationToken cancellationToken)
    {
        _warm = await LimitAsync(
            "loading it", parts.Options.WarmTimeout,
            token => parts.Runtime.WarmAsync(model, Planned.PolicyOf(model), takeover: null, token),
            cancellationToken);
        Tell(EventKind.Pinned, model, $"{model.PlainName} is in memory");
    }

    private async Task<ModelOutcome?> AskAsync(PlanStep.Gate gate, CancellationToken cancellationToken)
    {
        var policy = Planned.PolicyOf(_staged!.Name);
        if (await parts.Gate.AskAsync(_staged.Name, policy, gate.Smoke, cancellationToken) is not { } problem)
        {
            Tell(EventKind.GatePassed, gate.Model, $"{CountText.Of(gate.Smoke.Length, "smoke question")} answered", _staged.Digest);
            return null;
        }

        parts.Holds.Add(
            new Hold(gate.Model.FullName, gate.Inputs, $"its smoke gate failed: {problem}", "gate", parts.Time.GetUtcNow())
            {
                Reach = HoldReach.Attempt,
                Build = _staged.Digest,
                Attempt = gate.Attempt,
            });
        Tell(EventKind.GateFailed, gate.Model, problem, _staged.Digest);
        parts.Switching.Unstage(_staged.Name);
        return new ModelOutcome.Refused(gate.Model, problem);
    }

    private ModelOutcome.Failed Failed(PlanStep step, string reason, string message, bool isPermanent)
    {
        if (step is PlanStep.Build)
            _telling?.Failed(reason);
        var kind = reason switch
        {
            "DependencyNotReady" => EventKind.DependencyNotReady,
            "DigestMismatch" => EventKind.DigestMismatch,
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
        PlanStep.Prune => EventKind.PruneFailed,
        _ => EventKind.SwitchFailed,
    };

    private void Tell(EventKind kind, ModelName model, string message, string build = "") => parts.Events.Add(
        new NewEvent(kind, message)
        {
            Model = model,
            Source = desired.Source,
            Revision = desired.Revision,
            Build = build,
            Actor = tree.Facts.Author,
        });

    private async Task<T> LimitAsync<T>(
        string what, TimeSpan limit, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var elapsed = new CancellationTokenSource(limit, parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(elapsed.Token, cancellationToken);
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException error) when (elapsed.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
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
