using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Access;

/// <summary>Refuses names that a foreign page could have bound to this machine (DNS rebinding). For loopback listeners only.</summary>
/// <param name="machine">The machine's own name.</param>
internal sealed class HostRules(string machine)
{
    private static readonly string[] LocalSuffixes = [".localhost", ".local", ".internal"];

    /// <summary>False when this has answered the request.</summary>
    internal bool Admit(HttpContext context)
    {
        var host = WithoutPort(context.Request.Headers.Host.ToString());
        if (IsLocalAddress(host))
            return true;
        if (!IsLocalName(host))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return false;
        }

        if (!HttpMethods.IsOptions(context.Request.Method))
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

    private static bool IsLocalAddress(string text)
    {
        if (!TryParse(text, out var address))
            return false;
        return IPAddress.IsLoopback(address) || IsPrivate(address)
            || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            || NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(network => network.GetIPProperties().UnicastAddresses)
                .Any(own => own.Address.Equals(address));
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
        || Array.Exists(LocalSuffixes, suffix => host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
}
