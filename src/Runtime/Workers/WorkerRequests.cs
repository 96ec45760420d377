using System.Collections.Concurrent;
using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Workers;

/// <summary>
/// What the daemon asks of one worker, by number, and the callers that wait for the answers. Any thread may ask; one receives.
/// </summary>
internal sealed class WorkerRequests
{
    private readonly ConcurrentDictionary<uint, PendingReply> _pending = new();
    private volatile FrameSocket? _socket;
    private volatile EngineFailedException? _closed;
    private uint _lastNumber;

    /// <summary>Nothing waits for an answer.</summary>
    internal bool IsIdle => _pending.IsEmpty;

    /// <summary>Told of each request.</summary>
    internal Action? Asked { get; set; }

    /// <summary>Sends through this socket from now on. Before the first request.</summary>
    internal void Connect(FrameSocket socket) => _socket = socket;

    internal uint NextNumber() => Interlocked.Increment(ref _lastNumber);

    /// <summary>Sends a request and registers who gets the frames that answer it.</summary>
    internal void Ask(uint number, PendingReply reply, Action<FrameWriter> write)
    {
        Asked?.Invoke();
        _pending[number] = reply;
        if (_closed is { } reason && _pending.TryRemove(number, out _))
            reply.Fail(reason);
        else
            _socket!.Send(write);
    }

    /// <summary>Sends a request and waits for its one answer.</summary>
    internal async Task<T> AskAsync<T>(uint number, SingleReply<T> reply, Action<FrameWriter> write, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Ask(number, reply, write);
        try
        {
            return await reply.Answer.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // A registration on the token would not do: the wait would end, and remove the registration, before it ran.
            Cancel(number);
            throw;
        }
    }

    /// <summary>The caller no longer waits for the answer to this number.</summary>
    internal void Cancel(uint number)
    {
        if (_pending.TryRemove(number, out _))
            _socket!.Send(writer => writer.Begin(FrameKind.Cancel, number).End());
    }

    /// <summary>Gives a frame to the caller that waits for it.</summary>
    internal void Receive(Frame frame)
    {
        if (_pending.TryGetValue(frame.Number, out var reply) && reply.Receive(ref frame))
            _pending.TryRemove(frame.Number, out _);
    }

    /// <summary>No more answers come: what waits, and what is still asked, fails.</summary>
    internal void Close(EngineFailedException reason)
    {
        _closed = reason;
        foreach (var number in _pending.Keys)
        {
            if (_pending.TryRemove(number, out var reply))
                reply.Fail(reason);
        }
    }
}
