using System.Diagnostics.Metrics;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Names;
using ModelOps.Runtime.Residency;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Serving;

/// <summary>Counts the requests that failed because a build took over a name, or was about to. There should be none.</summary>
internal sealed class SwitchFailures : IDisposable
{
    private readonly Meter _meter = new(EngineMetrics.Name);
    private readonly Counter<long> _failed;

    internal SwitchFailures() => _failed = _meter.CreateCounter<long>(
        "modelops_switch_failed_requests", description: "Requests that failed because a build took over their name, or was about to.");

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    /// <summary>Counts a request that failed, if that is why.</summary>
    /// <param name="model">What was to answer it.</param>
    /// <param name="error">What the client is told.</param>
    /// <param name="hasMoved">Says whether its name serves another build by now.</param>
    internal void Count(ResolvedModel model, InferenceException error, Func<bool> hasMoved)
    {
        if (ReasonOf(model, error, hasMoved) is { } reason)
            _failed.Add(1, new("model", model.Name.ShortName), new("reason", reason));
    }

    private static string? ReasonOf(ResolvedModel model, InferenceException error, Func<bool> hasMoved) => error switch
    {
        { InnerException: EngineRefusedException { Refusal: { IsOfChange: true } refusal } } =>
            refusal is Refusal.QueueFull ? "queue_full" : "timed_out",

        // Without the change the build that serves the name would have answered.
        _ when model.Owner.IsReserved => ServiceBook.IsFault(error.Refusal) ? "canary" : null,

        // An engine that was not about to leave would have been asked again, or would answer the next one.
        { Refusal: InferenceRefusal.EngineDied } => hasMoved() ? "engine_died" : null,
        _ => null,
    };
}
