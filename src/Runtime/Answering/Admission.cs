using System.Collections.Immutable;
using System.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Names;
using ModelOps.Runtime.Residency;
using ModelOps.Runtime.Scheduling;
using ModelOps.Runtime.Settings;

namespace ModelOps.Runtime.Answering;

/// <summary>Brings requests and engines together, and words refusals as the reference does.</summary>
/// <param name="pool">The engines.</param>
/// <param name="host">Settings.</param>
/// <param name="policyOf">What git says of a name now.</param>
internal sealed class Admission(EnginePool pool, HostOptions host, Func<ModelName, ModelPolicy?> policyOf)
{
    /// <summary>Waits for the engine that a model and its options need.</summary>
    /// <exception cref="InferenceException">Refused.</exception>
    /// <exception cref="ModelMovedException">The name is served by another build meanwhile.</exception>
    internal async Task<EngineLease> AcquireAsync(
        ResolvedModel model, LoadSettings load, TimeSpan? keepAlive, string owner, CancellationToken cancellationToken)
    {
        // A switch between looking the name up and here: asking for the old build's engine would only bring it back.
        if (model.Policy is { } policy && !model.Owner.IsReserved && policyOf(model.Name) != policy)
            throw new ModelMovedException();
        return await WarmAsync(model, load, keepAlive, owner, cancellationToken);
    }

    /// <summary>The same for a build that is on its way to serve: whatever its name serves now.</summary>
    /// <exception cref="InferenceException">Refused.</exception>
    internal async Task<EngineLease> WarmAsync(
        ResolvedModel model, LoadSettings load, TimeSpan? keepAlive, string owner, CancellationToken cancellationToken)
    {
        if (model.Build.WeightsPath.Length == 0)
            throw new InferenceException(new InferenceRefusal.NoWeights($"{model.Name}"));
        try
        {
            var claim = new EngineClaim(owner, keepAlive, model.Policy?.Priority ?? 0);
            return await pool.AcquireAsync(LoadPlanner.Plan(model.Build, model.Policy, load, host), claim, cancellationToken);
        }
        catch (EngineRefusedException refused)
        {
            throw refused.Refusal is Refusal.Moved ? new ModelMovedException() : Tell(model, refused);
        }
    }

    /// <summary>Load options of a request or its model that were cut to what there is.</summary>
    /// <param name="model">What is asked for.</param>
    /// <param name="load">The merged options.</param>
    /// <param name="engine">What answers: it knows the GPUs.</param>
    internal ImmutableArray<string> CutOf(ResolvedModel model, LoadSettings load, IEngine engine)
    {
        if (load == LoadSettings.None)
            return [];
        var cut = LoadPlanner.Cut(load, model.Policy, LoadPlanner.Plan(model.Build, model.Policy, load, host).Load!);
        return load.MainGpu is { } gpu && gpu != engine.Facts.MainGpu ? [.. cut, "main_gpu"] : [.. cut];
    }

    /// <summary>What an engine's end means to the request that ran on it.</summary>
    internal static InferenceException Tell(EngineFailedException failed) => new(new InferenceRefusal.EngineDied(failed.Message), failed);

    private static InferenceException Tell(ResolvedModel model, EngineRefusedException refused) => new(
        refused.Refusal switch
        {
            Refusal.QueueFull => new InferenceRefusal.QueueFull(),
            Refusal.NeverFits fit => new InferenceRefusal.NeverFits(fit.Needed, fit.Available),
            Refusal.TimedOut timedOut => new InferenceRefusal.WaitedTooLong(WaitText.Of(timedOut.WaitingFor)),
            Refusal.Crashed crashed => new InferenceRefusal.KeepsDying(
                $"{model.Name}", crashed.Loop.Failures, crashed.Loop.LastCause.Message, crashed.Wait),
            Refusal.LoadFailed { Error: OperationCanceledException } => new InferenceRefusal.LoadCanceled(),
            Refusal.LoadFailed load => new InferenceRefusal.LoadFailed($"{model.Name}", load.Error.Message),
            _ => throw new UnreachableException(),
        },
        refused);
}
