namespace ModelOps.ModelStore.Registry;

/// <summary>Gives up a request that has not moved for too long.</summary>
internal sealed class StallWatch : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationToken _callers;
    private readonly CancellationTokenSource _stall;
    private readonly CancellationTokenSource _either;

    public StallWatch(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        _limit = limit;
        _callers = cancellationToken;
        _stall = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stall.Token);
    }

    /// <summary>Notes that something moved.</summary>
    public void Alive() => _stall.CancelAfter(_limit);

    /// <summary>Runs what is watched.</summary>
    /// <exception cref="TimeoutException">Nothing moved for too long.</exception>
    public async Task<T> GuardAsync<T>(Func<CancellationToken, Task<T>> work)
    {
        try
        {
            return await work(_either.Token);
        }
        catch (OperationCanceledException error) when (_stall.IsCancellationRequested && !_callers.IsCancellationRequested)
        {
            throw new TimeoutException($"nothing moved for {_limit.TotalSeconds:0.#} s", error);
        }
    }

    public void Dispose()
    {
        _either.Dispose();
        _stall.Dispose();
    }
}
