using ModelOps.Http.Keys;

namespace ModelOps.Http.Limits;

/// <summary>
/// What of a quota was used in the current period. A period begins with the first use after the last one ended. Any thread.
/// </summary>
internal sealed class QuotaMeter(TimeProvider time)
{
    private readonly Lock _lock = new();
    private long _used;
    private long _since = time.GetTimestamp();

    /// <summary>Takes an amount when so much is left.</summary>
    internal bool TryTake(Quota quota, long amount)
    {
        lock (_lock)
        {
            if (Used(quota) + amount > quota.Amount)
                return false;
            Add(amount);
            return true;
        }
    }

    /// <summary>Counts what was used already, whatever is left.</summary>
    internal void Charge(Quota quota, long amount)
    {
        lock (_lock)
        {
            Used(quota);
            Add(amount);
        }
    }

    /// <summary>What is left, and when all of it is there again.</summary>
    internal (long Left, TimeSpan Reset) Read(Quota quota)
    {
        lock (_lock)
        {
            var used = Used(quota);
            return (Math.Max(0, quota.Amount - used), used == 0 ? TimeSpan.Zero : quota.Period - time.GetElapsedTime(_since));
        }
    }

    private void Add(long amount)
    {
        if (_used == 0)
            _since = time.GetTimestamp();
        _used += amount;
    }

    private long Used(Quota quota)
    {
        if (_used > 0 && time.GetElapsedTime(_since) >= quota.Period)
            _used = 0;
        return _used;
    }
}
