using ModelOps.Runtime.Batching.Speculation;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Loading;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Batching;

/// <summary>The one thread that uses a native context: takes what others post, and computes step after step while there is work.</summary>
/// <remarks>It sleeps when there is nothing to do.</remarks>
internal sealed class BatchLoop : IDisposable
{
    private readonly EngineContext _context;
    private readonly DraftModel? _draft;
    private readonly NativeBatch _batch;
    private readonly StepMeter _meter;
    private readonly GenerationRunner _generation;
    private readonly EmbeddingRunner? _embeddings;
    private readonly LoopMailbox _mailbox = new();
    private readonly StepCounts _counts = new();
    private readonly Action<bool>? _afterStep;
    private readonly TaskCompletionSource<EngineFailedException?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;

    /// <param name="context">The context; this loop disposes it when it ends.</param>
    /// <param name="draft">Guesses for the context; this loop disposes it too.</param>
    /// <param name="time">Clock for durations.</param>
    /// <param name="afterStep">
    /// Called by the loop after each step, when all sinks have their results; true: they should not wait for another one.
    /// </param>
    internal BatchLoop(EngineContext context, DraftModel? draft, TimeProvider time, Action<bool>? afterStep)
    {
        (_context, _draft, _afterStep) = (context, draft, afterStep);
        _batch = new NativeBatch(context.BatchCapacity);
        _meter = new StepMeter(context, _counts, time);
        _generation = new GenerationRunner(context, draft, _batch, _counts, _meter, time, afterStep);
        _embeddings = context.Profile.Embeddings ? new EmbeddingRunner(context, _batch, _counts, _meter) : null;
    }

    internal EngineStatistics Statistics => _counts.Read();

    /// <summary>How long the current step has been running; zero between steps.</summary>
    internal TimeSpan StepTime => _meter.Running;

    /// <summary>Null after <see cref="Stop"/>, else what ended the loop.</summary>
    internal Task<EngineFailedException?> Ended => _ended.Task;

    /// <summary>The context is freed.</summary>
    internal Task Closed => _closed.Task;

    /// <summary>Begins to compute, on a thread of its own. To be called once.</summary>
    internal void Start() => new Thread(Run) { IsBackground = true, Name = "engine" }.Start();

    internal void Post(Sequence sequence) => _mailbox.Post(new LoopWork.Generation(sequence));

    internal void Post(EmbeddingJob job) => _mailbox.Post(new LoopWork.Embedding(job));

    /// <summary>Lets finished chats be set aside in so many bytes of main memory. Completes when no more than that is held.</summary>
    internal Task Lend(long bytes)
    {
        var loan = new LoopWork.Loan(bytes);
        _mailbox.Post(loan);
        return loan.Taken.Task;
    }

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
            _meter.UseThreads();
            _context.TouchWeights(_batch);
            while (!_stopping)
            {
                TakePosted();
                _generation.Update();
                if (_embeddings is { HasWork: true })
                    _embeddings.Step();
                else if (_generation.HasWork && _generation.WaitForCompany() is var wait && wait > TimeSpan.Zero)
                    _mailbox.Sleep(wait);
                else if (_generation.HasWork)
                    _generation.Step();
                else
                    _mailbox.Sleep();

                _afterStep?.Invoke(_generation.TakeNews());
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

    private void TakePosted()
    {
        while (_mailbox.TryTake(out var work))
        {
            switch (work)
            {
                case LoopWork.Generation generation:
                    _generation.Add(generation.Sequence);
                    break;
                case LoopWork.Loan loan:
                    _generation.Lend(loan.Bytes);
                    loan.Taken.TrySetResult();
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

    private void End(EngineFailedException? error)
    {
        var reason = error ?? new EngineFailedException("The engine was unloaded.");
        _generation.FailAll(reason);
        _embeddings?.FailAll(reason);
        _ended.TrySetResult(error);
        _mailbox.Close(reason);
        _afterStep?.Invoke(true);
        _generation.Dispose();
        _draft?.Dispose();
        _context.Dispose();
        _batch.Dispose();
        _closed.TrySetResult();
    }
}
