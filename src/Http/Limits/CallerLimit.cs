using System.Net;

namespace ModelOps.Http.Limits;

/// <summary>How often each address may do something before anything is computed for it. Any thread.</summary>
/// <param name="burst">How often at once.</param>
/// <param name="perSecond">How often a second after that.</param>
/// <param name="time">The clock.</param>
internal sealed class CallerLimit(double burst, double perSecond, TimeProvider time)
{
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
                _buckets[address ?? IPAddress.None] = bucket = new TokenBucket(burst, perSecond, time);
        }

        return bucket.TryTake();
    }
}
