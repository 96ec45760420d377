using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Access;

/// <summary>
/// Refuses names that a foreign page could have bound to this machine (DNS rebinding). An address is no such name, and neither are those
/// of this machine, of its certificate, and those that the operator names.
/// </summary>
/// <param name="machine">The machine's own name.</param>
/// <param name="time">The clock by which addresses are asked for again.</param>
/// <param name="isLoopback">Only this machine reaches the server: the names that the reference takes for local are taken too.</param>
/// <param name="allowed">Further names; <c>*.example.org</c> stands for all below it, and <c>*</c> for every name.</param>
/// <param name="certified">The names of the certificate as it is now.</param>
internal sealed class HostRules(
    string machine, TimeProvider time, bool isLoopback, IEnumerable<string> allowed, Func<IEnumerable<string>>? certified)
{
    private static readonly string[] LocalSuffixes = [".localhost", ".local", ".internal"];
    private static readonly TimeSpan s_addressesHold = TimeSpan.FromSeconds(30);

    private readonly FrozenSet<string> _allowed = allowed.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    private FrozenSet<IPAddress> _own = [];
    private long _ownSince;

    /// <summary>A name of <c>--allow-host</c> is one: a host name, an address, <c>*.example.org</c> or <c>*</c>.</summary>
    internal static bool IsRule(string text)
    {
        var name = text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text;
        return text == "*" || IPAddress.TryParse(name, out _)
            || (name.Length is > 0 and <= 253 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_') && name[0] != '.');
    }

    /// <summary>False when this has answered the request.</summary>
    internal bool Admit(HttpContext context)
    {
        var host = WithoutPort(context.Request.Headers.Host.ToString());
        if (IsLocalAddress(host))
            return true;
        if (!IsLocalName(host) && !IsNamed(host))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return false;
        }

        if (!HttpMethods.IsOptions(context.Request.Method) || !isLoopback)
            return true;
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return false;
    }

    // A bracketed address is unwrapped only with a port, as in the reference.
    private static string WithoutPort(string host)
    {
        var colon = host.LastIndexOf(':');
        if (colon < 0)
            return host;
        if (host.StartsWith('['))
            return host[colon - 1] == ']' ? host[1..(colon - 1)] : host;
        return host.IndexOf(':', StringComparison.Ordinal) == colon ? host[..colon] : host;
    }

    private bool IsLocalAddress(string text)
    {
        if (!TryParse(text, out var address))
            return false;
        return IPAddress.IsLoopback(address) || IsPrivate(address)
            || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) || Own().Contains(address);
    }

    /// <summary>Asking the system takes a while, and a flood of requests must not have it asked each time.</summary>
    private FrozenSet<IPAddress> Own()
    {
        if (_own.Count > 0 && time.GetElapsedTime(Volatile.Read(ref _ownSince)) < s_addressesHold)
            return _own;
        _own = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(own => own.Address)
            .ToFrozenSet();
        Volatile.Write(ref _ownSince, time.GetTimestamp());
        return _own;
    }

    // The framework also reads 127.1 and 0x7f000001, which no client means as an address.
    private static bool TryParse(string text, out IPAddress address)
    {
        address = IPAddress.None;
        if (!text.Contains(':'))
        {
            var parts = text.Split('.');
            if (parts.Length != 4 || parts.Any(part => !byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || value.ToString(CultureInfo.InvariantCulture) != part))
            {
                return false;
            }
        }

        if (text.StartsWith('[') || !IPAddress.TryParse(text, out var parsed))
            return false;
        address = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return true;
    }

    private static bool IsPrivate(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? bytes[0] == 10 || (bytes[0] == 172 && bytes[1] >> 4 == 1) || (bytes[0] == 192 && bytes[1] == 168)
            : (bytes[0] & 0xfe) == 0xfc;
    }

    private bool IsLocalName(string host) =>
        host.Length == 0
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || host.Equals(machine, StringComparison.OrdinalIgnoreCase)
        || Array.Exists(
            LocalSuffixes,
            suffix => (isLoopback || suffix == ".localhost") && host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));

    /// <summary>The operator or the certificate names it.</summary>
    private bool IsNamed(string host) =>
        _allowed.Contains("*") || IsAmong(_allowed, host) || (certified is not null && IsAmong(certified(), host));

    private static bool IsAmong(IEnumerable<string> names, string host)
    {
        foreach (var name in names)
        {
            var isSame = name.StartsWith("*.", StringComparison.Ordinal)
                ? host.Length >= name.Length && host.EndsWith(name[1..], StringComparison.OrdinalIgnoreCase)
                : host.Equals(name, StringComparison.OrdinalIgnoreCase);
            if (isSame)
                return true;
        }

        return false;
    }
}
