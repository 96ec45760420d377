using System.Collections.Immutable;

namespace ModelOps.Http.Keys;

/// <summary>A key that is in force, and what its requests share.</summary>
/// <param name="key">What the file says of it.</param>
#pragma warning disable CA1001 // The source of the end: see there.
internal sealed class LiveKey(ApiKey key)
#pragma warning restore CA1001
{
    // Never disposed: requests that began with the key may still look at it, and without a timer there is nothing to free.
    private readonly CancellationTokenSource _ended = new();

    /// <summary>What the file says of it; its limits may change while it is in force.</summary>
    internal ApiKey Key { get; private set; } = key;

    internal ImmutableArray<byte> Hash { get; } = [.. Convert.FromHexString(key.Hash)];

    /// <summary>Cancelled when it was revoked, replaced or changed, or its time is over.</summary>
    internal CancellationToken Ended => _ended.Token;

    internal void Take(ApiKey next) => Key = next;

    /// <summary>Ends it; what its requests do about it is done elsewhere.</summary>
    internal void End() => ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), _ended, preferLocal: false);
}
