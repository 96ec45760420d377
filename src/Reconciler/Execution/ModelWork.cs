using System.Diagnostics;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore;
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
internal sealed class ModelWork(ExecutionTools parts, DesiredIndex desired, IRevisionTree tree) : IAsyncDisposable
{
    private IWarmBuild? _warm;
    private StoredModel? _staged;

    public async ValueTask DisposeAsync()
    {
        if (_warm is not null)
            await _warm.DisposeAsync();
    }

    internal async Task<ModelOutcome> RunAsync(ModelPlan plan, CancellationToken cancellationToken)
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
                _staged = await LimitAsync(
                    "the build", parts.Options.BuildTimeout, token => parts.Builds.EnsureAsync(Model(build), desired, tree, token),
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
                parts.Switching.Switch(Model(change), desired.Revision, change.Names, _staged, _warm);
                return null;
            case PlanStep.Declare declare:
                parts.Policies.Set(Model(declare), desired.Revision);
                return null;
            case PlanStep.Load load:
                parts.Show(load.Model, ModelPhase.Warming);
                await LoadAsync(Model(load), cancellationToken);
                return null;
            case PlanStep.Prune prune:
                await parts.Switching.PruneAsync(prune.Name, cancellationToken);
                return null;
            default:
                throw new UnreachableException();
        }
    }

    private DesiredModel Model(PlanStep step) => desired.Models[step.Model];

    private async Task WarmAsync(PlanStep.Warm step, CancellationToken cancellationToken)
    {
        var model = Model(step);
        var takeover = new Takeover([.. model.Names], DrainFirst: step.Strategy == RolloutStrategy.DrainSwap);
        var policy = model.PolicyOf(_staged!.Name, desired.Revision);
        _warm = await LimitAsync(
            "loading it", parts.Options.WarmTimeout, token => parts.Runtime.WarmAsync(_staged.Name, policy, takeover, token),
            cancellationToken);
        parts.Events.Add("WarmStarted", Severity.Info, step.Model, desired.Revision, _staged!.Digest, "the new build is in memory");
    }

    private async Task LoadAsync(DesiredModel model, CancellationToken cancellationToken)
    {
        _warm = await LimitAsync(
            "loading it", parts.Options.WarmTimeout,
            token => parts.Runtime.WarmAsync(model.Name, model.PolicyOf(model.Name, desired.Revision), takeover: null, token),
            cancellationToken);
        parts.Events.Add("Pinned", Severity.Info, model.Name, desired.Revision, "", $"{model.Name.PlainName} is in memory");
    }

    private async Task<ModelOutcome?> AskAsync(PlanStep.Gate gate, CancellationToken cancellationToken)
    {
        var policy = Model(gate).PolicyOf(_staged!.Name, desired.Revision);
        if (await parts.Gate.AskAsync(_staged.Name, policy, gate.Smoke, cancellationToken) is not { } problem)
        {
            parts.Events.Add(
                "GatePassed", Severity.Info, gate.Model, desired.Revision, _staged.Digest, $"{gate.Smoke.Length} smoke questions answered");
            return null;
        }

        parts.Holds.Add(
            new Hold(gate.Model.FullName, gate.Inputs, $"its smoke gate failed: {problem}", "gate", parts.Time.GetUtcNow())
            {
                Reach = HoldReach.Attempt,
                Build = _staged.Digest,
                Attempt = Model(gate).Attempt,
            });
        parts.Events.Add("GateFailed", Severity.Error, gate.Model, desired.Revision, _staged.Digest, problem);
        parts.Switching.Unstage(_staged.Name);
        return new ModelOutcome.Refused(gate.Model, problem);
    }

    private ModelOutcome.Failed Failed(PlanStep step, string reason, string message, bool isPermanent)
    {
        parts.Events.Add(reason, Severity.Error, step.Model, desired.Revision, "", message);
        return new ModelOutcome.Failed(step.Model, reason, message, isPermanent);
    }

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
