using System.Collections.Immutable;
using ModelOps.Http.Keys;

namespace ModelOps.Http.Limits;

/// <summary>
/// Everything that one request is counted on: its key, its address. Found among the features of requests that have limits.
/// </summary>
/// <param name="meters">Each with what it allows.</param>
internal sealed class RequestMeters(ImmutableArray<(UsageMeter Meter, Allowance Allowance)> meters)
{
    private int _begun;

    /// <summary>Counts the request.</summary>
    /// <exception cref="RequestException">429: one of them has none left.</exception>
    internal void Request()
    {
        foreach (var (meter, allowance) in meters)
            meter.Request(allowance);
    }

    /// <summary>Begins the answer of a model; once for a request, whatever it has it do.</summary>
    /// <returns>Whether it is the first time: then <see cref="EndStream"/> is to be called.</returns>
    /// <exception cref="RequestException">429: one of them has as many answers as it may.</exception>
    internal bool BeginStream()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 1)
            return false;
        for (var at = 0; at < meters.Length; at++)
        {
            try
            {
                meters[at].Meter.BeginStream(meters[at].Allowance);
            }
            catch (RequestException)
            {
                for (var begun = 0; begun < at; begun++)
                    meters[begun].Meter.EndStream();
                throw;
            }
        }

        return true;
    }

    internal void EndStream()
    {
        foreach (var (meter, _) in meters)
            meter.EndStream();
    }

    internal void Tokens(long count)
    {
        foreach (var (meter, allowance) in meters)
            meter.Tokens(allowance, count);
    }

    /// <exception cref="RequestException">429: one of them has not so many bytes left.</exception>
    internal void AnnounceUpload(long bytes)
    {
        foreach (var (meter, allowance) in meters)
            meter.Announce(allowance, bytes);
    }

    /// <exception cref="RequestException">429: one of them has none left.</exception>
    internal void Upload(long bytes)
    {
        foreach (var (meter, allowance) in meters)
            meter.Upload(allowance, bytes);
    }

    /// <summary>What the client is told of its limits; of two of a kind, the one with less left.</summary>
    internal IEnumerable<(string Kind, long Limit, long Left, TimeSpan Reset)> Told() =>
        meters.SelectMany(entry => entry.Meter.Told(entry.Allowance)).GroupBy(told => told.Kind)
            .Select(kind => kind.MinBy(told => told.Left));
}
