using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using ModelOps.Http.Keys;
using ModelOps.Http.Limits;

namespace ModelOps.Http.Access;

/// <summary>Lets a request to its route: who makes it, whether that one may, and whether it has not had too much already.</summary>
/// <param name="authentication">Says who makes it.</param>
/// <param name="addresses">What addresses take.</param>
/// <param name="time">The clock.</param>
internal sealed class Turnstile(Authentication authentication, AddressMeters addresses, TimeProvider time)
{
    private const int MostKeys = 20_000;

    private readonly Lock _lock = new();
    private Dictionary<string, UsageMeter> _keys = new(StringComparer.Ordinal);

    /// <summary>Who makes the request; from here on it is found among the request's features.</summary>
    /// <exception cref="RequestException">It may not pass.</exception>
    internal Caller Admit(HttpContext context, KeyScope wanted, string path)
    {
        if (KeyText.IsIn(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget))
        {
            throw RequestException.Bad(
                "a key stands in the address, where logs and proxies keep it: send it as a header, and make another with "
                    + "'modelops keys rotate NAME'");
        }

        var caller = authentication.Identify(context, wanted, path);
        context.Features.Set(caller);
        if (wanted != KeyScope.None && MetersOf(context, caller) is { } meters)
        {
            context.Features.Set(meters);
            try
            {
                meters.Request();
            }
            finally
            {
                RateHeaders.Write(context, meters, time.GetUtcNow());
            }
        }

        return caller;
    }

    /// <summary>Ends the request with its key; null when it has none.</summary>
    internal KeyWatch? Watch(HttpContext context, Caller caller) =>
        caller.Key is null ? null : new KeyWatch(context, time, caller.Ended);

    private RequestMeters? MetersOf(HttpContext context, Caller caller)
    {
        var ofAddress = caller.User is null ? addresses.Of(context.Connection.RemoteIpAddress) : null;
        var ofKey = caller.Key is { } key && key.Allowance != Allowance.Unlimited ? Of(key) : null;
        if (ofAddress is null && ofKey is null)
            return null;
        var meters = ImmutableArray.CreateBuilder<(UsageMeter, Allowance)>(2);
        if (ofKey is not null)
            meters.Add((ofKey, caller.Key!.Allowance));
        if (ofAddress is not null)
            meters.Add((ofAddress, addresses.Allowance));
        return new RequestMeters(meters.ToImmutable());
    }

    /// <summary>By name: a secret that is replaced brings no new allowance.</summary>
    private UsageMeter Of(ApiKey key)
    {
        lock (_lock)
        {
            if (_keys.Count >= MostKeys)
                _keys = new Dictionary<string, UsageMeter>(StringComparer.Ordinal);
            if (!_keys.TryGetValue(key.Name, out var meter))
                _keys[key.Name] = meter = new UsageMeter($"the key {key.Name}", time);
            return meter;
        }
    }
}
