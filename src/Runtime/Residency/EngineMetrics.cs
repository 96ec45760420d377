using System.Diagnostics;
using System.Diagnostics.Metrics;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Residency;

/// <summary>What a pool of engines measures, under the meter and the activity source <c>ModelOps.Runtime</c>.</summary>
internal sealed class EngineMetrics : IDisposable
{
    /// <summary>Name of the meter and of the activity source.</summary>
    internal const string Name = "ModelOps.Runtime";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _loads;
    private readonly Counter<long> _unloads;
    private readonly Counter<long> _deaths;
    private readonly Counter<long> _refusals;
    private readonly Histogram<double> _loadTime;
    private readonly Histogram<double> _queueTime;

    internal EngineMetrics(EnginePool pool)
    {
        _loads = _meter.CreateCounter<long>("modelops_engine_loads", description: "Loads of engines by outcome.");
        _unloads = _meter.CreateCounter<long>("modelops_engine_unloads", description: "Engines that left memory: idle, evicted or replaced.");
        _deaths = _meter.CreateCounter<long>("modelops_engine_deaths", description: "Engines that died.");
        _refusals = _meter.CreateCounter<long>("modelops_refused_requests", description: "Requests refused before an engine took them, by reason.");
        _loadTime = _meter.CreateHistogram<double>("modelops_engine_load_seconds", "s", "Time to load an engine.");
        _queueTime = _meter.CreateHistogram<double>("modelops_queue_seconds", "s", "Time that requests waited for an engine, its load included.");
        _ = _meter.CreateObservableGauge("modelops_engine_threads", () => Read(pool, static engine => engine.Threads), description: "Compute threads in use now.");
        _ = _meter.CreateObservableGauge(
            "modelops_engine_threads_reduced",
            () => Read(pool, static engine => engine.ThreadChoice == ThreadChoice.BusyMachine ? 1 : 0),
            description: "1 while an engine computes with fewer threads because the machine is busy.");
        _ = _meter.CreateObservableGauge("modelops_engine_active_sequences", () => Read(pool, static engine => engine.ActiveSequences), description: "Sequences in the batch now.");
        _ = _meter.CreateObservableGauge("modelops_engine_waiting_sequences", () => Read(pool, static engine => engine.WaitingSequences), description: "Sequences without a slot yet.");
        _ = _meter.CreateObservableCounter("modelops_engine_guessed_tokens", () => Read(pool, static engine => engine.GuessedTokens), description: "Tokens that speculation guessed.");
        _ = _meter.CreateObservableCounter("modelops_engine_right_guesses", () => Read(pool, static engine => engine.RightGuesses), description: "Guessed tokens that the model then said.");
        _ = _meter.CreateObservableGauge("modelops_waiting_requests", () => pool.WaitingRequests, description: "Requests that wait for an engine.");
        _ = _meter.CreateObservableGauge("modelops_engine_crash_loops", () => pool.CrashLoops.Length, description: "Engines that died several times in a row.");
    }

    internal static ActivitySource Traces { get; } = new(Name);

    internal void Loaded(TimeSpan time)
    {
        _loads.Add(1, KeyValuePair.Create<string, object?>("outcome", "loaded"));
        _loadTime.Record(time.TotalSeconds);
    }

    internal void LoadFailed(Exception error) =>
        _loads.Add(1, KeyValuePair.Create<string, object?>("outcome", error is OperationCanceledException ? "cancelled" : "failed"));

    internal void Unloaded() => _unloads.Add(1);

    internal void Died() => _deaths.Add(1);

    internal void Granted(TimeSpan waited) => _queueTime.Record(waited.TotalSeconds);

    internal void Refused(Refusal reason) => _refusals.Add(1, KeyValuePair.Create<string, object?>("reason", reason switch
    {
        Refusal.QueueFull => "queue_full",
        Refusal.NeverFits => "never_fits",
        Refusal.LoadFailed => "load_failed",
        Refusal.Crashed => "crash_loop",
        _ => "timed_out",
    }));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<T>> Read<T>(EnginePool pool, Func<EngineStatistics, T> read)
        where T : struct
    {
        foreach (var view in pool.Engines)
        {
            if (pool.Find(view.Profile) is { } engine)
                yield return new Measurement<T>(read(engine.Statistics), KeyValuePair.Create<string, object?>("model", view.Owners.FirstOrDefault() ?? ""));
        }
    }
}
