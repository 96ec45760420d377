using ModelOps.Runtime.Batching.Speculation;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Loading;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Batching;

/// <summary>Generates text: a step computes prompts, or decodes a token of running sequences.</summary>
/// <remarks>Used by the thread of the batch loop.</remarks>
internal sealed class GenerationRunner : IDisposable
{
    private readonly EngineContext _context;
    private readonly NativeBatch _batch;
    private readonly StepCounts _counts;
    private readonly StepMeter _meter;
    private readonly TimeProvider _time;
    private readonly Action<bool>? _afterStep;
    private readonly PrefixCache _prefixes;
    private readonly RunningSequences _sequences;
    private readonly Speculator? _speculator;
    private readonly StepPlanner _planner;
    private readonly TokenCollector _collector;

    /// <param name="context">The context.</param>
    /// <param name="draft">Guesses for it; null for none.</param>
    /// <param name="batch">The input of its steps.</param>
    /// <param name="counts">Counters of the loop.</param>
    /// <param name="meter">Measures its steps.</param>
    /// <param name="time">Clock for durations.</param>
    /// <param name="afterStep">Called with true before a long step: what was said so far should not wait for its end.</param>
    internal GenerationRunner(
        EngineContext context,
        DraftModel? draft,
        NativeBatch batch,
        StepCounts counts,
        StepMeter meter,
        TimeProvider time,
        Action<bool>? afterStep)
    {
        (_context, _batch, _counts, _meter, _time, _afterStep) = (context, batch, counts, meter, time, afterStep);
        _prefixes = new PrefixCache(context.Memory, context.SequenceNumbers, context.Profile.ContextLength, context.Facts.Memory.Prefixes);
        _sequences = new RunningSequences(_prefixes, context.Profile.Slots, counts, time);
        _speculator = Speculator.Of(context, draft, counts, time);
        _planner = new StepPlanner(context, batch, _sequences, _prefixes, _speculator);
        _collector = new TokenCollector(context, _sequences, _speculator, counts, time);
    }

    internal bool HasWork => _sequences.Active.Count > 0;

    internal void Add(Sequence sequence) => _sequences.Add(sequence);

    /// <summary>Finished chats may be set aside in so many bytes of main memory from now on.</summary>
    internal void Lend(long bytes)
    {
        if (_prefixes.Lend(bytes))
            Posix.TrimHeap();
    }

    /// <summary>Cancelled sequences leave, and waiting ones take their slots.</summary>
    internal void Update() => _sequences.Update();

    /// <summary>True when readers should not wait for another step.</summary>
    internal bool TakeNews() => _sequences.TakeNews();

    /// <summary>
    /// How long the next step should wait for prompts that come together with those that are there; zero when it should not.
    /// </summary>
    internal TimeSpan WaitForCompany() => _planner.WaitForCompany(_time);

    internal void Step()
    {
        var threads = _meter.Threads;
        var prompts = _planner.Plan(threads);
        if (_batch.Count == 0)
            return;

        // A step with a prompt in it takes long: a reader should not wait for its end to get what is there.
        if (prompts > 0)
            _afterStep?.Invoke(true);

        _context.Pools.UseVariant(_planner.IsSecond);
        var started = _meter.Begin();
        var decoded = Decode();
        _meter.End();
        if (!decoded)
            return;

        var elapsed = _meter.Observe(started, _batch.Count);
        _counts.Step(_planner.IsShaped, _planner.IsSecond, _planner.Padding);
        _counts.Prompt(prompts);
        _planner.Observe(prompts, threads, elapsed);
        _speculator?.Observe(_batch.Count, elapsed);
        var active = _sequences.Active;
        for (var at = active.Count - 1; at >= 0; at--)
            _collector.Collect(active[at]);
    }

    internal void FailAll(Exception error) => _sequences.FailAll(error);

    public void Dispose()
    {
        _prefixes.Dispose();
        _collector.Dispose();
    }

    /// <returns>False when nothing was computed and the step should be made up anew.</returns>
    private bool Decode()
    {
        while (true)
        {
            var result = LlamaNative.llama_decode(_context.Handle, _batch.ToNative());
            switch (result)
            {
                case 0:
                    return true;
                case 1 when _prefixes.EvictOne():
                    continue;
                case 1:
                    _sequences.RefuseNewest();
                    return false;
                default:
                    throw new EngineFailedException($"The engine could not decode (code {result}).");
            }
        }
    }
}
