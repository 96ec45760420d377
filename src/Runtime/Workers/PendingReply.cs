using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Workers;

/// <summary>Something on the daemon's side that waits for frames of one number. Called by the thread that receives.</summary>
internal abstract class PendingReply
{
    /// <returns>True when no more frames follow.</returns>
    internal abstract bool Receive(ref Frame frame);

    internal abstract void Fail(Exception error);

    private protected static Exception ReadFailure(ref Frame frame)
    {
        var kind = (FailureKind)frame.Byte();
        var message = frame.Text();
        return kind switch
        {
            FailureKind.Request => new EngineRequestException(message),
            FailureKind.Unavailable => new EngineUnavailableException(message),
            FailureKind.Cancelled => new OperationCanceledException(message),
            _ => new EngineFailedException(message),
        };
    }
}

/// <summary>Waits for one answer.</summary>
internal sealed class SingleReply<T>(SingleReply<T>.Reader read, IProgress<float>? progress = null) : PendingReply
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal delegate T Reader(ref Frame frame);

    internal Task<T> Answer => _answer.Task;

    internal override bool Receive(ref Frame frame)
    {
        switch (frame.Kind)
        {
            case FrameKind.Progress:
                progress?.Report(frame.Float());
                return false;
            case FrameKind.Failed:
                Fail(ReadFailure(ref frame));
                return true;
            default:
                _answer.TrySetResult(read(ref frame));
                return true;
        }
    }

    internal override void Fail(Exception error)
    {
        if (error is OperationCanceledException)
            _answer.TrySetCanceled();
        else
            _answer.TrySetException(error);
    }
}
