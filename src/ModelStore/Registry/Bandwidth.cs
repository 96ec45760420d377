namespace ModelOps.ModelStore.Registry;

/// <summary>Lets only so many bytes a second pass, for all that share it.</summary>
internal sealed class Bandwidth(long? bytesPerSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _paidUntil;

    /// <summary>Waits until bytes that have come are paid for.</summary>
    public async ValueTask PayAsync(int bytes, CancellationToken cancellationToken)
    {
        if (bytesPerSecond is not { } rate)
            return;

        TimeSpan wait;
        lock (_lock)
        {
            // Unused bandwidth is not saved up.
            var now = time.GetElapsedTime(_start);
            _paidUntil = (_paidUntil > now ? _paidUntil : now) + TimeSpan.FromSeconds((double)bytes / rate);
            wait = _paidUntil - now;
        }

        if (wait > TimeSpan.FromMilliseconds(20))
            await Task.Delay(wait, time, cancellationToken);
    }
}
