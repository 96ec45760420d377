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
    private readonly Histogram<double> _planError;

    internal EngineMetrics()
    {
        _loads = _meter.CreateCounter<long>("modelops_engine_loads", description: "Loads of engines by outcome.");
        _unloads = _meter.CreateCounter<long>("modelops_engine_unloads", description: "Engines that left memory, by reason.");
        _deaths = _meter.CreateCounter<long>("modelops_engine_deaths", description: "Engines that died.");
        _refusals = _meter.CreateCounter<long>(
            "modelops_refused_requests", description: "Requests refused before an engine took them, by reason.");
        _loadTime = _meter.CreateHistogram("modelops_engine_load_seconds", "s", "Time to load an engine.", advice: Buckets.Waits);
        _queueTime = _meter.CreateHistogram(
            "modelops_queue_seconds", "s", "Time that requests waited for an engine, its load included.", advice: Buckets.Waits);
        _planError = _meter.CreateHistogram(
            "modelops_plan_error_ratio", description: "What a load took, divided by what was planned for it.", advice: Buckets.Ratios);
    }

    /// <summary>From now on reads a pool whenever measurements are asked for.</summary>
    internal void Observe(EnginePool pool)
    {
        _meter.CreateObservableGauge(
            "modelops_engine_threads", () => Read(pool, static engine => engine.Threads), description: "Compute threads in use now.");
        _meter.CreateObservableGauge(
            "modelops_engine_threads_reduced",
            () => Read(pool, static engine => engine.ThreadChoice == ThreadChoice.BusyMachine ? 1 : 0),
            description: "1 while an engine computes with fewer threads because the machine is busy.");
        _meter.CreateObservableGauge(
            "modelops_engine_active_sequences", () => Read(pool, static engine => engine.ActiveSequences),
            description: "Sequences in the batch now.");
        _meter.CreateObservableGauge(
            "modelops_engine_waiting_sequences", () => Read(pool, static engine => engine.WaitingSequences),
            description: "Sequences without a slot yet.");
        _meter.CreateObservableCounter(
            "modelops_engine_guessed_tokens", () => Read(pool, static engine => engine.GuessedTokens),
            description: "Tokens that speculation guessed.");
        _meter.CreateObservableCounter(
            "modelops_engine_right_guesses", () => Read(pool, static engine => engine.RightGuesses),
            description: "Guessed tokens that the model then said.");
        _meter.CreateObservableCounter(
            "modelops_engine_decode_calls", () => Read(pool, static engine => engine.DecodeCalls),
            description: "Batch steps of an engine since its load.");
        _meter.CreateObservableCounter(
            "modelops_engine_shaped_steps", () => Read(pool, static engine => engine.ShapedSteps),
            description: "Batch steps that held only some of the sequences, or padding, because that takes less time, or to learn it.");
        _meter.CreateObservableCounter(
            "modelops_engine_second_variant_steps", () => Read(pool, static engine => engine.SecondVariantSteps),
            description: "Batch steps that another variant of the code computed, because that takes less time, or to learn it.");
        _meter.CreateObservableCounter(
            "modelops_engine_padding_tokens", () => Read(pool, static engine => engine.PaddingTokens),
            description: "Tokens computed that nobody reads: with them a step took less time.");
        _meter.CreateObservableCounter(
            "modelops_engine_decoded_tokens",
            () => Read(pool, static engine => engine.DecodedTokens),
            description: "Tokens that an engine generated since its load.");
        _meter.CreateObservableCounter(
            "modelops_engine_prompt_tokens",
            () => Read(pool, static engine => engine.PromptTokens),
            description: "Prompt tokens that an engine computed since its load.");
        _meter.CreateObservableCounter(
            "modelops_engine_cached_tokens",
            () => Read(pool, static engine => engine.CachedTokens),
            description: "Prompt tokens that an engine took from a cached prefix since its load.");
        _meter.CreateObservableGauge(
            "modelops_waiting_requests", () => Waiting(pool), description: "Requests that wait for an engine, by what they wait for.");
        _meter.CreateObservableGauge(
            "modelops_engine_crash_loops", () => pool.CrashLoops.Length, description: "Engines that died several times in a row.");
        _meter.CreateObservableGauge("modelops_memory_budget_bytes", () => pool.BudgetBytes, description: "Bytes that engines may hold.");
        _meter.CreateObservableGauge(
            "modelops_memory_used_bytes",
            () => pool.UsedBytes,
            description: "Bytes that engines hold or were promised; weights that several share count once.");
        _meter.CreateObservableGauge(
            "modelops_memory_lent_bytes",
            () => pool.LentBytes,
            description: "Bytes beside those that engines may use for chats set aside, until a model needs them.");
        _meter.CreateObservableGauge(
            "modelops_memory_bytes", () => Memory(pool), description: "Bytes of the budget by where they lie and what they are for.");
        _meter.CreateObservableGauge(
            "modelops_engine_bytes",
            () => Bytes(pool, isEstimate: false),
            description: "Bytes of an engine as it measured them, by part; the estimate while it loads.");
        _meter.CreateObservableGauge(
            "modelops_engine_estimated_bytes",
            () => Bytes(pool, isEstimate: true),
            description: "Bytes of an engine by the arithmetic of admission, by part.");
        _meter.CreateObservableGauge(
            "modelops_worker_anonymous_bytes", () => Workers(pool), description: "Anonymous memory of a worker process, swap included.");
        _meter.CreateObservableGauge(
            "modelops_daemon_anonymous_bytes",
            () => ProcessMemory.Anonymous(null),
            description: "Anonymous memory of the daemon itself, swap included.");
    }

    /// <param name="time">What the load took.</param>
    /// <param name="measured">Bytes that the engine holds.</param>
    /// <param name="planned">Bytes by the arithmetic of admission.</param>
    internal void Loaded(TimeSpan time, long measured, long planned)
    {
        _loads.Add(1, KeyValuePair.Create<string, object?>("outcome", "loaded"));
        _loadTime.Record(time.TotalSeconds);
        if (planned > 0)
            _planError.Record((double)measured / planned, Tag("quantity", "memory"));
    }

    internal void LoadFailed(Exception error) =>
        _loads.Add(1, KeyValuePair.Create<string, object?>("outcome", error is OperationCanceledException ? "cancelled" : "failed"));

    internal void Unloaded(bool isEvicted) =>
        _unloads.Add(1, KeyValuePair.Create<string, object?>("reason", isEvicted ? "evicted" : "idle"));

    internal void Died() => _deaths.Add(1);

    internal void Granted(TimeSpan waited) => _queueTime.Record(waited.TotalSeconds);

    internal void Refused(Refusal reason) => _refusals.Add(1, KeyValuePair.Create<string, object?>("reason", reason switch
    {
        Refusal.QueueFull => "queue_full",
        Refusal.NeverFits => "never_fits",
        Refusal.LoadFailed => "load_failed",
        Refusal.Crashed => "crash_loop",
        Refusal.Moved => "moved",
        _ => "timed_out",
    }));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<T>> Read<T>(EnginePool pool, Func<EngineStatistics, T> read)
        where T : struct =>
        Statistics(pool).Select(engine => new Measurement<T>(read(engine.Read), ModelOf(engine.View)));

    private static IEnumerable<(EngineView View, EngineStatistics Read)> Statistics(EnginePool pool)
    {
        foreach (var view in pool.Engines)
        {
            if (pool.Find(view.Profile) is { } engine)
                yield return (view, engine.Statistics);
        }
    }

    private static IEnumerable<Measurement<int>> Waiting(EnginePool pool)
    {
        var counts = pool.Waiting.CountBy(request => request.Reason).ToDictionary();
        return Enum.GetValues<WaitReason>().Select(
            reason => new Measurement<int>(counts.GetValueOrDefault(reason), Tag("reason", WordOf(reason))));
    }

    private static IEnumerable<Measurement<long>> Bytes(EnginePool pool, bool isEstimate)
    {
        foreach (var view in pool.Engines)
        {
            yield return new Measurement<long>(
                isEstimate ? view.EstimatedWeightsBytes : view.WeightsBytes, ModelOf(view), Tag("part", "weights"));
            yield return new Measurement<long>(
                isEstimate ? view.EstimatedContextBytes : view.ContextBytes, ModelOf(view), Tag("part", "context"));
        }
    }

    /// <summary>The budget, each byte of it once: weights that several engines share are those of a pinned one, if one is.</summary>
    private static IEnumerable<Measurement<long>> Memory(EnginePool pool)
    {
        var (engines, used, budget) = (pool.Engines, pool.UsedBytes, pool.BudgetBytes);
        var pinned = engines.Where(view => view.Pinned).Sum(view => view.ContextBytes)
            + engines.Where(view => view.Pinned).DistinctBy(view => view.Weights).Sum(view => view.WeightsBytes);
        var (pinnedGpu, otherGpu) = (Gpu(pool, engines, isPinned: true), Gpu(pool, engines, isPinned: false));
        yield return Part("main", "pinned", pinned - pinnedGpu);
        yield return Part("main", "resident", used - pinned - otherGpu);
        yield return Part("main", "free", budget - used);
        yield return Part("gpu", "pinned", pinnedGpu);
        yield return Part("gpu", "resident", otherGpu);

        static Measurement<long> Part(string device, string state, long bytes) =>
            new(Math.Max(0, bytes), Tag("device", device), Tag("state", state));
    }

    private static long Gpu(EnginePool pool, IEnumerable<EngineView> engines, bool isPinned) =>
        engines.Where(view => view.Pinned == isPinned).Sum(view => pool.Find(view.Profile)?.Facts.Memory.Gpu ?? 0);

    private static IEnumerable<Measurement<long>> Workers(EnginePool pool)
    {
        foreach (var view in pool.Engines)
        {
            if (pool.Find(view.Profile)?.WorkerProcess is { } worker)
                yield return new Measurement<long>(ProcessMemory.Anonymous(worker), ModelOf(view));
        }
    }

    private static string WordOf(WaitReason reason) => reason switch
    {
        WaitReason.Loading => "loading",
        WaitReason.Memory => "memory",
        WaitReason.Restart => "restart",
        _ => "update",
    };

    private static KeyValuePair<string, object?> ModelOf(EngineView view) => Tag("model", view.Owners.FirstOrDefault() ?? "");

    private static KeyValuePair<string, object?> Tag(string name, string value) => KeyValuePair.Create<string, object?>(name, value);
}
