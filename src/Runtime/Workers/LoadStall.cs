namespace ModelOps.Runtime.Workers;

/// <summary>Passes the progress of a load on, and has the worker killed when the load makes none for too long.</summary>
internal sealed class LoadStall : IProgress<float>, IAsyncDisposable
{
    private readonly IProgress<float>? _progress;
    private readonly TimeSpan _limit;
    private readonly ITimer _timer;

    /// <param name="progress">Receives the progress.</param>
    /// <param name="limit">How long a load may make none.</param>
    /// <param name="time">Clock.</param>
    /// <param name="kill">Kills the worker, for the reason given.</param>
    internal LoadStall(IProgress<float>? progress, TimeSpan limit, TimeProvider time, Action<string> kill)
    {
        (_progress, _limit) = (progress, limit);
        _timer = time.CreateTimer(
            _ => kill($"timed out waiting for the engine to load: no progress for {limit.TotalSeconds:0} s"),
            null, limit, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Report(float value)
    {
        _timer.Change(_limit, Timeout.InfiniteTimeSpan);
        _progress?.Report(value);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _timer.DisposeAsync();
}
