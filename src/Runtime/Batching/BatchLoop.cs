using ModelOps.Runtime.Batching.Speculation;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;
using ModelOps.Runtime.Sampling;

namespace ModelOps.Runtime.Batching;

/// <summary>The one thread that uses a native context: every step decodes one token of each running sequence and, with the room that is left, prompts.</summary>
/// <remarks>Others only post to it. It sleeps when there is nothing to do.</remarks>
internal sealed class BatchLoop : IDisposable
{
    private readonly EngineContext _context;
    private readonly TimeProvider _time;
    private readonly Vocabulary _vocabulary;
    private readonly CacheMemory _memory;
    private readonly NativeBatch _batch;
    private readonly CandidateBuffer _candidates;
    private readonly PrefixCache _prefixes;
    private readonly PrefillPace _pace;
    private readonly ThreadPace _threads;
    private readonly StepWait _wait = new();
    private readonly ContextShift _shift;
    private readonly EmbeddingRunner? _embeddings;
    private readonly Speculator? _speculator;
    private readonly LoopMailbox _mailbox = new();
    private readonly List<Sequence> _active = [];
    private readonly StepOrder _order = new();
    private readonly Queue<Sequence> _waiting = new();
    private readonly StepCounts _counts = new();
    private readonly TaskCompletionSource<EngineFailedException?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<bool>? _afterStep;
    private readonly long _created;
    private volatile bool _stopping;
    private long _stepStarted;
    private bool _changed;

    /// <param name="context">The context; this loop disposes it when it ends.</param>
    /// <param name="time">Clock for durations.</param>
    /// <param name="afterStep">Called by the loop after each step, when all sinks have been told; true: they should not wait for another one.</param>
    internal BatchLoop(EngineContext context, TimeProvider time, Action<bool>? afterStep)
    {
        _context = context;
        _time = time;
        _created = time.GetTimestamp();
        _afterStep = afterStep;
        _vocabulary = context.Weights.Vocabulary;
        _memory = context.Memory;
        _batch = new NativeBatch(context.BatchCapacity);
        _candidates = new CandidateBuffer(_vocabulary.Size);
        _prefixes = new PrefixCache(_memory, context.SequenceNumbers, context.Profile.ContextLength, context.Facts.Memory.Prefixes);
        _shift = new ContextShift(_memory, context.Profile.ContextLength);
        _pace = new PrefillPace(context.BatchCapacity);
        _threads = new ThreadPace(context.MaxThreads, isFixed: context.Profile.Threads > 0);
        _embeddings = context.Profile.Embeddings ? new EmbeddingRunner(context, _batch) : null;
        _speculator = Speculator.Of(context, _counts, time);
        _counts.Computes(_threads.Threads, _threads.Choice);
        new Thread(Run) { IsBackground = true, Name = "engine" }.Start();
    }

    internal EngineStatistics Statistics => _counts.Read();

    /// <summary>How long the current step has been running; zero between steps.</summary>
    internal TimeSpan StepTime => Volatile.Read(ref _stepStarted) is var started and not 0 ? _time.GetElapsedTime(started) : TimeSpan.Zero;

    /// <summary>Null after <see cref="Stop"/>, else what ended the loop.</summary>
    internal Task<EngineFailedException?> Ended => _ended.Task;

    /// <summary>The context is freed.</summary>
    internal Task Closed => _closed.Task;

    internal void Post(Sequence sequence) => _mailbox.Post(new LoopWork.Generation(sequence));

    internal void Post(EmbeddingJob job) => _mailbox.Post(new LoopWork.Embedding(job));

    /// <summary>Something changed that the loop should look at: a cancellation.</summary>
    internal void Wake() => _mailbox.Wake();

    /// <summary>Ends the loop after the current step; running sequences fail.</summary>
    internal void Stop()
    {
        _stopping = true;
        _mailbox.Wake();
    }

    public void Dispose() => Stop();

    private void Run()
    {
        EngineFailedException? error = null;
        try
        {
            _context.Pools.Use(_threads.Threads, _wait.IsAwake);
            _context.TouchWeights(_batch);
            while (!_stopping)
            {
                TakePosted();
                DropCancelled();
                Admit();
                _counts.Now(_active.Count, _waiting.Count);
                if (_embeddings is { HasWork: true })
                    Embed(_embeddings);
                else if (_active.Count > 0)
                    Step();
                else
                    _mailbox.Sleep();

                _afterStep?.Invoke(_changed || _active.Count == 0);
                _changed = false;
            }
        }
        catch (Exception failure) when (failure is EngineFailedException or NativeException)
        {
            error = failure as EngineFailedException ?? new EngineFailedException(failure.Message, failure);
        }
#pragma warning disable CA1031 // A bug in the loop must end its requests with an error, not hang them.
        catch (Exception bug)
        {
            error = new EngineFailedException($"The batch loop failed: {bug.Message}", bug);
        }
#pragma warning restore CA1031

        End(error);
    }

    private void End(EngineFailedException? error)
    {
        var reason = error ?? new EngineFailedException("The engine was unloaded.");
        foreach (var sequence in _active.Concat(_waiting))
            sequence.Fail(reason);

        _active.Clear();
        _waiting.Clear();
        _embeddings?.FailAll(reason);
        _ = _ended.TrySetResult(error);
        _mailbox.Close(reason);
        _afterStep?.Invoke(true);
        _prefixes.Dispose();
        _context.Dispose();
        _batch.Dispose();
        _candidates.Dispose();
        _ = _closed.TrySetResult();
    }

    private void TakePosted()
    {
        while (_mailbox.TryTake(out var work))
        {
            switch (work)
            {
                case LoopWork.Generation generation:
                    _waiting.Enqueue(generation.Sequence);
                    break;
                case LoopWork.Embedding embedding when _embeddings is not null:
                    _embeddings.Add(embedding.Job);
                    break;
                default:
                    work.Fail(new EngineRequestException("this model does not support embeddings"));
                    break;
            }
        }
    }

    private void DropCancelled()
    {
        for (var at = _active.Count - 1; at >= 0; at--)
        {
            if (_active[at].IsCancelled)
                Leave(_active[at]);
        }
    }

    private void Admit()
    {
        while (_active.Count < _context.Profile.Slots && _waiting.TryDequeue(out var sequence))
        {
            if (sequence.IsCancelled)
            {
                sequence.Phase = SequencePhase.Ended;
                sequence.Dispose();
                continue;
            }

            sequence.StartedAt = _time.GetTimestamp();
            _prefixes.Assign(sequence, _active);
            _active.Add(sequence);
            _counts.Cached(sequence.Cached);
        }
    }

    private void Step()
    {
        var decoding = PlanDecoding();
        PlanPrefill(_batch.Capacity - decoding, decoding > 0);
        _order.Fill(_batch, _active);
        if (_batch.Count == 0)
            return;

        // A step with a prompt in it takes longer than anybody should wait for what is there.
        if (_batch.Count > decoding)
            _afterStep?.Invoke(true);

        var started = _time.GetTimestamp();
        Volatile.Write(ref _stepStarted, started);
        var decoded = Decode();
        Volatile.Write(ref _stepStarted, 0);
        if (!decoded)
            return;

        var elapsed = _time.GetElapsedTime(started);
        Adapt(elapsed);
        _counts.Step();
        _counts.Prompt(_batch.Count - decoding);
        _pace.Observe(_batch.Count - decoding, elapsed);
        _speculator?.Observe(_batch.Count, elapsed);
        for (var at = _active.Count - 1; at >= 0; at--)
            Collect(_active[at]);
    }

    private void Embed(EmbeddingRunner embeddings)
    {
        var started = _time.GetTimestamp();
        Volatile.Write(ref _stepStarted, started);
        embeddings.Step(_counts);
        Volatile.Write(ref _stepStarted, 0);
        if (_batch.Count > 0)
            Adapt(_time.GetElapsedTime(started));
    }

    private void Adapt(TimeSpan elapsed)
    {
        _threads.Observe(_batch.Count, elapsed, _time.GetElapsedTime(_created));
        _wait.Observe(elapsed);
        _context.Pools.Use(_threads.Threads, _wait.IsAwake);
        _counts.Computes(_threads.Threads, _threads.Choice);
    }

    /// <returns>How many tokens the sequences that decode have in the step.</returns>
    private int PlanDecoding()
    {
        var decoding = 0;
        for (var at = _active.Count - 1; at >= 0; at--)
        {
            var sequence = _active[at];
            sequence.InBatch = 0;
            sequence.OutputIndex = -1;
            sequence.Guess.Clear();
            if (sequence.Phase != SequencePhase.Decode)
                continue;

            if (sequence.Computed + 1 >= _context.Profile.ContextLength && !_shift.TryShift(sequence))
                Finish(sequence, EngineStopReason.Length, stoppedByText: false);
            else
            {
                _speculator?.Guess(sequence, isAlone: _active.Count == 1);
                decoding += sequence.InBatch = 1 + sequence.Guess.Count;
            }
        }

        return decoding;
    }

    private void PlanPrefill(int room, bool othersDecode)
    {
        var budget = Math.Min(room, _pace.Next(othersDecode));
        var outputs = _context.MaxOutputs - _active.Count;
        for (var at = 0; at < _active.Count; at++)
        {
            var sequence = _active[at];
            if (sequence.Phase == SequencePhase.AwaitingPrefix)
                LookAtLeader(sequence);

            if (sequence.Phase != SequencePhase.Prefill || budget == 0)
                continue;

            sequence.InBatch = Math.Min(budget, sequence.Tokens.Count - sequence.Computed);
            if (sequence.TellsPrompt)
            {
                // Each sequence may need one output for itself; what is told shares the rest.
                sequence.InBatch = Math.Min(sequence.InBatch, 1 + outputs);
                outputs -= sequence.InBatch - 1;
            }

            // Several prompts in one step mix up the states of a recurrent model, and may break the heap (engine v0.5.0, seen in 1 of 10 runs).
            budget = _memory.CanCut ? budget - sequence.InBatch : 0;
        }
    }

    private void LookAtLeader(Sequence sequence)
    {
        var leader = sequence.Leader!;
        if (leader.Phase == SequencePhase.Prefill && leader.Computed < sequence.LeaderLength)
            return;

        if (leader.Phase == SequencePhase.Ended)
            sequence.Leader = null;

        _prefixes.Assign(sequence, _active);
        _counts.Cached(sequence.Cached);
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
                    var newest = _active[^1];
                    newest.Sink.Fail(new EngineRequestException("the context is full"));
                    Leave(newest);
                    return false;
                default:
                    throw new EngineFailedException($"The engine could not decode (code {result}).");
            }
        }
    }

    private void Collect(Sequence sequence)
    {
        if (sequence.InBatch == 0)
            return;

        if (sequence is { TellsPrompt: true, Phase: SequencePhase.Prefill })
            PromptTelling.Tell(sequence, _context.Handle, _vocabulary);

        sequence.Computed += sequence.InBatch - sequence.Guess.Count;
        sequence.InBatch = 0;
        if (sequence.OutputIndex < 0)
            return;

        sequence.Phase = SequencePhase.Decode;
        if (sequence.Request.MaxTokens == 0)
        {
            sequence.FirstTokenAt = sequence.LastTokenAt = _time.GetTimestamp();
            Finish(sequence, EngineStopReason.Length, stoppedByText: false);
            return;
        }

        var right = 0;
        var end = Choose(sequence, sequence.OutputIndex, out var stoppedByText);
        while (end is null && right < sequence.Guess.Count && sequence.Tokens[^1] == sequence.Guess[right])
            end = Choose(sequence, sequence.OutputIndex + ++right, out stoppedByText);

        if (sequence.Guess.Count > 0)
            _speculator!.Settle(sequence, right);

        if (end is { } reason)
            Finish(sequence, reason, stoppedByText);
    }

    /// <returns>Why the sequence is over with its next token, or null when it goes on.</returns>
    private EngineStopReason? Choose(Sequence sequence, int output, out bool stoppedByText)
    {
        var logits = NativeOutput.Logits(_context.Handle, output, _vocabulary.Size);
        var computed = _time.GetTimestamp();
        var token = sequence.Sampler.Sample(logits, _candidates);
        var logprob = sequence.Request.TopLogprobs < 0
            ? null
            : Logprobs.Of(_vocabulary, logits, token, sequence.Request.TopLogprobs);

        // The prompt ends where its last logits are; choosing the first token belongs to the answer already.
        if (sequence.Generated == 0)
            (sequence.FirstTokenAt, _changed) = (computed, true);
        sequence.LastTokenAt = _time.GetTimestamp();

        _counts.Generated();
        return sequence.Take(token, logprob, _vocabulary, out stoppedByText);
    }

    private void Finish(Sequence sequence, EngineStopReason reason, bool stoppedByText)
    {
        var usage = new EngineUsage(
            sequence.PromptLength,
            sequence.Cached,
            sequence.Generated,
            _time.GetElapsedTime(sequence.StartedAt, sequence.FirstTokenAt),
            _time.GetElapsedTime(sequence.FirstTokenAt, sequence.LastTokenAt));
        sequence.End(reason, stoppedByText, usage);
        Leave(sequence);
    }

    private void Leave(Sequence sequence)
    {
        sequence.Phase = SequencePhase.Ended;
        _changed = true;
        _ = _active.Remove(sequence);
        if (sequence.Slot >= 0)
            _prefixes.Keep(sequence);

        sequence.Dispose();
    }
}
