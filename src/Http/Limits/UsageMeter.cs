using ModelOps.Http.Keys;

namespace ModelOps.Http.Limits;

/// <summary>What one key or one address takes. Any thread.</summary>
/// <param name="owner">Whose it is, for messages: <c>the key ci</c>, <c>this address</c>.</param>
/// <param name="time">The clock.</param>
internal sealed class UsageMeter(string owner, TimeProvider time)
{
    private readonly QuotaMeter _requests = new(time);
    private readonly QuotaMeter _tokens = new(time);
    private readonly QuotaMeter _uploads = new(time);
    private int _streams;

    internal int Streams => Volatile.Read(ref _streams);

    /// <summary>Nothing of it need be remembered.</summary>
    internal bool IsIdle(Allowance allowance) =>
        Streams == 0 && IsFresh(_requests, allowance.Requests) && IsFresh(_tokens, allowance.Tokens)
        && IsFresh(_uploads, allowance.Uploads);

    /// <summary>Counts a request.</summary>
    /// <exception cref="RequestException">429: It has none left.</exception>
    internal void Request(Allowance allowance)
    {
        if (allowance.Requests is { } quota && !_requests.TryTake(quota, 1))
            throw Over("requests", quota, _requests);
    }

    /// <summary>Begins an answer, which <see cref="EndStream"/> ends.</summary>
    /// <exception cref="RequestException">429: It has as many as it may, or no tokens left.</exception>
    internal void BeginStream(Allowance allowance)
    {
        if (allowance.Tokens is { } tokens && _tokens.Read(tokens).Left == 0)
            throw Over("tokens", tokens, _tokens);
        if (Interlocked.Increment(ref _streams) > (allowance.Streams ?? int.MaxValue))
        {
            EndStream();
            throw RequestException.TooMany(
                $"{owner} has {allowance.Streams} answers at a time, as many as it may; wait for one to end", TimeSpan.FromSeconds(1));
        }
    }

    internal void EndStream() => Interlocked.Decrement(ref _streams);

    internal void Tokens(Allowance allowance, long count)
    {
        if (allowance.Tokens is { } quota && count > 0)
            _tokens.Charge(quota, count);
    }

    /// <summary>Counts bytes of an upload as they come.</summary>
    /// <exception cref="RequestException">429: They are more than it has left.</exception>
    internal void Upload(Allowance allowance, long bytes)
    {
        if (allowance.Uploads is { } quota && bytes > 0 && !_uploads.TryTake(quota, bytes))
            throw Over("uploaded bytes", quota, _uploads);
    }

    /// <summary>An upload of this size would be refused.</summary>
    /// <exception cref="RequestException">429: It is larger than what is left.</exception>
    internal void Announce(Allowance allowance, long bytes)
    {
        if (allowance.Uploads is { } quota && _uploads.Read(quota).Left < bytes)
            throw Over("uploaded bytes", quota, _uploads);
    }

    /// <summary>What is told of the limits in headers: kind, limit, what is left, when all is there again.</summary>
    internal IEnumerable<(string Kind, long Limit, long Left, TimeSpan Reset)> Told(Allowance allowance)
    {
        if (allowance.Requests is { } requests && _requests.Read(requests) is var (left, reset))
            yield return ("requests", requests.Amount, left, reset);
        if (allowance.Tokens is { } tokens && _tokens.Read(tokens) is var (some, then))
            yield return ("tokens", tokens.Amount, some, then);
    }

    private static bool IsFresh(QuotaMeter meter, Quota? quota) => quota is null || meter.Read(quota).Left == quota.Amount;

    private RequestException Over(string what, Quota quota, QuotaMeter meter) =>
        RequestException.TooMany($"{owner} has used its {quota} {what}", meter.Read(quota).Reset);
}
