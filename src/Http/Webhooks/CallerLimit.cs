using System.Net;

namespace ModelOps.Http.Webhooks;

/// <summary>How often each address may call before anything is computed for it. Any thread.</summary>
internal sealed class CallerLimit(TimeProvider time)
{
    private const double Burst = 30;
    private const double PerSecond = 10;
    private const int MostAddresses = 4096;

    private readonly Lock _lock = new();
    private Dictionary<IPAddress, TokenBucket> _buckets = [];

    internal bool Admits(IPAddress? address)
    {
        TokenBucket? bucket;
        lock (_lock)
        {
            // When there are too many to be remembered all begin anew, which lets each through a few times more.
            if (_buckets.Count >= MostAddresses)
                _buckets = [];
            if (!_buckets.TryGetValue(address ?? IPAddress.None, out bucket))
                _buckets[address ?? IPAddress.None] = bucket = new TokenBucket(Burst, PerSecond, time);
        }

        return bucket.TryTake();
    }
}
