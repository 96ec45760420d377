namespace ModelOps.Http.Limits;

/// <summary>Lets so many through at once, and so many a second after that. One lock holds it.</summary>
internal sealed class TokenBucket(double burst, double perSecond, TimeProvider time)
{
    private readonly Lock _lock = new();
    private double _used;
    private long _at = time.GetTimestamp();

    /// <summary>Whether one more may pass now.</summary>
    internal bool TryTake()
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            _used = Math.Max(0, _used - (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
            _at = now;
            if (_used + 1 > burst)
                return false;
            _used++;
            return true;
        }
    }
}
