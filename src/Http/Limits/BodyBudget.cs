using ModelOps.Runtime.Native;

namespace ModelOps.Http.Limits;

/// <summary>
/// Bounds the bytes of large bodies that are in memory at a time, and gives memory back to the system when they are gone. A body that
/// must wait for room is not read meanwhile: its client is slowed down, not refused. Any thread.
/// </summary>
/// <param name="limits">The largest body; some of those at a time are let in.</param>
/// <param name="time">The clock.</param>
internal sealed class BodyBudget(HttpLimits limits, TimeProvider time) : IDisposable
{
    /// <summary>Bodies up to this many bytes are not counted.</summary>
    internal const int Uncounted = 1 << 20;

    private const int BodiesAtOnce = 4;
    private const long WorthGivingBack = 16 << 20;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>The runtime's buffer pool frees its buffers one by one, at collections that are this far apart.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(20);

    private const int Repeats = 8;

    private readonly Lock _lock = new();
    private readonly Queue<Waiter> _waiting = new();
    private readonly long _room = Math.Max(BodiesAtOnce * limits.MaxBody, BodiesAtOnce * (long)Uncounted);
    private ITimer? _timer;
    private long _held;
    private long _spent;
    private int _repeats;
    private bool _isDue;

    /// <summary>Takes room for a body, when there is some.</summary>
    /// <returns>Gives the room back when it is disposed.</returns>
    /// <exception cref="RequestException">503: there was none for minutes.</exception>
    internal async Task<Share> TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        Waiter waiter;
        lock (_lock)
        {
            if (_waiting.Count == 0 && _held + bytes <= _room)
            {
                _held += bytes;
                return new Share(this, bytes);
            }

            waiter = new Waiter(bytes);
            _waiting.Enqueue(waiter);
        }

        try
        {
            await waiter.Admitted.Task.WaitAsync(LongestWait, time, cancellationToken);
            return new Share(this, bytes);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            GiveUp(waiter);
            if (error is TimeoutException)
                throw LimitText.BodiesTooLarge(limits, _room);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
            _timer?.Dispose();
    }

    private void GiveUp(Waiter waiter)
    {
        // It may have been let in at this very moment.
        if (waiter.Admitted.TrySetCanceled())
            Return(0, spent: 0);
        else
            Return(waiter.Bytes, spent: 0);
    }

    private void Return(long bytes, long spent)
    {
        lock (_lock)
        {
            _held -= bytes;
            while (_waiting.TryPeek(out var next))
            {
                if (next.Admitted.Task.IsCompleted)
                {
                    _waiting.Dequeue();
                    continue;
                }

                if (_held + next.Bytes > _room)
                    break;
                _waiting.Dequeue();
                if (next.Admitted.TrySetResult())
                    _held += next.Bytes;
            }

            _spent += spent;
            if (_spent < WorthGivingBack)
                return;
            _timer ??= time.CreateTimer(_ => GiveBack(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            if (!_isDue)
                _timer.Change(Soon, Again);
            _isDue = true;
            _repeats = Repeats;
        }
    }

    private void GiveBack()
    {
        lock (_lock)
        {
            _spent = 0;
            _isDue = false;
            if (--_repeats <= 0)
                _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        SpareMemory.GiveBack();
    }

    /// <summary>Room that one body has.</summary>
    internal sealed class Share(BodyBudget budget, long bytes) : IDisposable
    {
        private readonly long _taken = bytes;
        private long _bytes = bytes;

        /// <summary>The body turned out to be smaller.</summary>
        internal void ShrinkTo(long actual)
        {
            budget.Return(_bytes - actual, spent: 0);
            _bytes = actual;
        }

        /// <inheritdoc/>
        public void Dispose() => budget.Return(Interlocked.Exchange(ref _bytes, 0), _taken);
    }

    private sealed class Waiter(long bytes)
    {
        internal long Bytes { get; } = bytes;

        internal TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
