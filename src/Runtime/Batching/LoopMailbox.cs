using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Batching;

/// <summary>What other threads ask of the loop.</summary>
internal abstract record LoopWork
{
    private LoopWork()
    {
    }

    /// <summary>Ends it without a result.</summary>
    internal abstract void Fail(Exception reason);

    /// <summary>An answer to generate.</summary>
    internal sealed record Generation(Sequence Sequence) : LoopWork
    {
        internal override void Fail(Exception reason) => Sequence.Fail(reason);
    }

    /// <summary>Memory to set chats aside in.</summary>
    internal sealed record Loan(long Bytes) : LoopWork
    {
        internal TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal override void Fail(Exception reason) => Taken.TrySetException(reason);
    }

    /// <summary>Texts to embed.</summary>
    internal sealed record Embedding(EmbeddingJob Job) : LoopWork
    {
        internal override void Fail(Exception reason) => Job.Fail(reason);
    }
}

/// <summary>Where other threads leave work for the loop, which sleeps here while there is none. Any thread may post; one takes.</summary>
#pragma warning disable CA1001 // Others may post after the loop has ended, so there is no moment to dispose the event.
internal sealed class LoopMailbox
#pragma warning restore CA1001
{
    private readonly ConcurrentQueue<LoopWork> _posted = new();
    private readonly AutoResetEvent _wake = new(initialState: false);
    private volatile EngineFailedException? _closed;

    /// <summary>Leaves work; it fails at once when the loop has ended.</summary>
    internal void Post(LoopWork work)
    {
        _posted.Enqueue(work);
        _wake.Set();
        if (_closed is { } reason)
            FailAll(reason);
    }

    internal bool TryTake([NotNullWhen(true)] out LoopWork? work) => _posted.TryDequeue(out work);

    /// <summary>Something changed that the loop should look at.</summary>
    internal void Wake() => _wake.Set();

    /// <summary>Sleeps until there is work or a reason to look.</summary>
    internal void Sleep() => _wake.WaitOne();

    /// <summary>Sleeps until then at most.</summary>
    internal void Sleep(TimeSpan longest) => _wake.WaitOne(TimeSpan.FromMilliseconds(Math.Ceiling(longest.TotalMilliseconds)));

    /// <summary>The loop takes no more work: what is there and what still comes fails with this reason.</summary>
    internal void Close(EngineFailedException reason)
    {
        _closed = reason;
        FailAll(reason);
    }

    private void FailAll(EngineFailedException reason)
    {
        while (_posted.TryDequeue(out var work))
            work.Fail(reason);
    }
}
