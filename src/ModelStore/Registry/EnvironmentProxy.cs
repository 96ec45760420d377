using System.Globalization;
using System.Net;

namespace ModelOps.ModelStore.Registry;

/// <summary>
/// The proxies of the environment (<c>http_proxy</c>, <c>https_proxy</c>, <c>all_proxy</c>, either case), except for what is asked
/// directly: this machine itself, always, and what <c>no_proxy</c> names.
/// </summary>
/// <remarks>
/// An entry of <c>no_proxy</c> is <c>*</c>, an address, a block of addresses (<c>10.0.0.0/8</c>), or a name, which covers the names below
/// it as well; <c>.example.com</c> and <c>*.example.com</c> cover only those. Each but a block may end in a port. Commas or blanks stand
/// between.
/// </remarks>
/// <param name="proxies">The proxies by scheme.</param>
/// <param name="noProxy">The entries.</param>
public sealed class EnvironmentProxy(IWebProxy proxies, string noProxy) : IWebProxy
{
    private readonly string[] _direct = noProxy.Split(
        [',', ' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>That of an environment.</summary>
    /// <param name="read">Reads a variable; null when it is not set.</param>
    public static EnvironmentProxy Of(Func<string, string?> read) =>
        new(HttpClient.DefaultProxy, read("no_proxy") is { Length: > 0 } lower ? lower : read("NO_PROXY") ?? "");

    /// <inheritdoc/>
    public ICredentials? Credentials
    {
        get => proxies.Credentials;
        set => proxies.Credentials = value;
    }

    /// <inheritdoc/>
    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : proxies.GetProxy(destination);

    /// <inheritdoc/>
    public bool IsBypassed(Uri host)
    {
        var name = host.IdnHost.TrimEnd('.');
        var address = IPAddress.TryParse(name, out var parsed) ? parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed : null;
        return IsThisMachine(name, address) || _direct.Any(entry => Matches(entry, name, address, host.Port));
    }

    private static bool IsThisMachine(string name, IPAddress? address) => address is null
        ? name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
        : IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool Matches(string entry, string name, IPAddress? address, int port)
    {
        if (entry == "*")
            return true;
        if (entry.Split('/') is [var network, var bits])
            return address is not null && IPAddress.TryParse(network, out var from) && InBlock(address, from, bits);
        var (wanted, wantedPort) = SplitPort(entry);
        if (wantedPort is not null && wantedPort != port)
            return false;
        if (IPAddress.TryParse(wanted, out var exact))
            return exact.Equals(address);
        if (address is not null)
            return false;
        var domain = wanted.TrimStart('*').TrimEnd('.');
        return domain.StartsWith('.')
            ? name.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
            : name.Equals(domain, StringComparison.OrdinalIgnoreCase)
            || (domain.Length > 0 && name.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase));
    }

    private static (string Host, int? Port) SplitPort(string entry)
    {
        if (entry.StartsWith('[') && entry.IndexOf(']', StringComparison.Ordinal) is > 0 and var close)
            return (entry[1..close], Number(entry[(close + 1)..].TrimStart(':')));
        var colon = entry.LastIndexOf(':');
        return colon < 0 || entry.IndexOf(':', StringComparison.Ordinal) != colon
            ? (entry, null)
            : (entry[..colon], Number(entry[(colon + 1)..]));
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool InBlock(IPAddress address, IPAddress from, string bits)
    {
        var (ours, theirs) = (address.GetAddressBytes(), from.GetAddressBytes());
        if (ours.Length != theirs.Length || Number(bits) is not { } length || length > ours.Length * 8)
            return false;
        for (var bit = 0; bit < length; bit++)
        {
            if (((ours[bit / 8] ^ theirs[bit / 8]) & (0x80 >> (bit % 8))) != 0)
                return false;
        }

        return true;
    }
}
