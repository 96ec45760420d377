using System.Collections.Immutable;
using ModelOps.ModelStore.Names;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Names;
using ModelOps.Runtime.Residency;
using ModelOps.Runtime.Scheduling;
using ModelOps.Runtime.Settings;

namespace ModelOps.Runtime.Answering;

/// <summary>Brings requests and engines together, and tells refusals in the reference's words.</summary>
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
        if (model.Policy is { } policy && !model.Name.IsReserved && policyOf(model.Name) != policy)
            throw new ModelMovedException();
        return await WarmAsync(model, load, keepAlive, owner, cancellationToken);
    }

    /// <summary>The same for a build that is on its way to serve: whatever its name serves now.</summary>
    /// <exception cref="InferenceException">Refused.</exception>
    internal async Task<EngineLease> WarmAsync(
        ResolvedModel model, LoadSettings load, TimeSpan? keepAlive, string owner, CancellationToken cancellationToken)
    {
        if (model.Build.WeightsPath.Length == 0)
            throw new InferenceException(500, $"the model {model.Name} has no weights that this engine can load");
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
    internal static InferenceException Tell(EngineFailedException failed) => new(
        500,
        "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, check ollama server logs for details"
        + $": {failed.Message}",
        failed)
    { InStream = true };

    private static InferenceException Tell(ResolvedModel model, EngineRefusedException refused) => refused.Refusal switch
    {
        Refusal.QueueFull => new InferenceException(503, "server busy, please try again.  maximum pending requests exceeded", refused)
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        },
        Refusal.NeverFits fit => new InferenceException(
            500, $"model requires more memory ({Size(fit.Needed)}) than is available ({Size(fit.Available)})", refused),
        Refusal.TimedOut timedOut => new InferenceException(503, $"waited too long for: {WaitText.Of(timedOut.WaitingFor)}", refused)
        {
            RetryAfter = TimeSpan.FromSeconds(10),
        },
        Refusal.Crashed crashed => new InferenceException(
            503,
            $"the engine of {model.Name} died {crashed.Loop.Failures} times in a row and is started again later. Last cause: {crashed.Loop.LastCause.Message}",
            refused)
        {
            RetryAfter = TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(crashed.Wait.TotalSeconds))),
        },
        Refusal.LoadFailed { Error: OperationCanceledException } => new InferenceException(499, "request canceled", refused),
        Refusal.LoadFailed load => new InferenceException(500, $"unable to load model {model.Name}: {load.Error.Message}", refused),
        _ => new InferenceException(500, refused.Message, refused),
    };

    private static string Size(long bytes) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):0.0} GiB, {bytes} bytes");
}
