using System.Collections.Immutable;
using System.Net;
using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Access;

/// <summary>
/// Finds the client behind proxies that are trusted: the last address of <c>X-Forwarded-For</c> that is none of theirs. Of everybody else
/// the header is only a claim, and not looked at.
/// </summary>
/// <param name="trusted">Networks of the proxies.</param>
internal sealed class ForwardedAddresses(ImmutableArray<IPNetwork> trusted)
{
    private const string Header = "X-Forwarded-For";
    private const int MostHops = 32;

    internal void Apply(HttpContext context)
    {
        if (trusted.IsEmpty || context.Connection.RemoteIpAddress is not { } peer || !IsTrusted(peer))
            return;
        var client = Plain(peer);
        var hops = context.Request.Headers[Header].SelectMany(value => (value ?? "").Split(',')).ToArray();
        for (var (at, count) = (hops.Length - 1, 0); at >= 0 && count < MostHops && IsTrusted(client); at--, count++)
        {
            if (!IPAddress.TryParse(WithoutPort(hops[at].Trim()), out var hop))
                break;
            client = Plain(hop);
        }

        context.Connection.RemoteIpAddress = client;
    }

    private bool IsTrusted(IPAddress address)
    {
        var plain = Plain(address);
        foreach (var network in trusted)
        {
            if (network.Contains(plain))
                return true;
        }

        return false;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string WithoutPort(string text) =>
        text.StartsWith('[') && text.IndexOf(']', StringComparison.Ordinal) is > 0 and var close ? text[1..close]
        : text.Count(letter => letter == ':') == 1 ? text[..text.IndexOf(':', StringComparison.Ordinal)]
        : text;
}
