using System.Net;
using ModelOps.Http.Keys;

namespace ModelOps.Http.Limits;

/// <summary>What each address takes; those that take nothing for a while are forgotten. Any thread.</summary>
internal sealed class AddressMeters(Allowance allowance, TimeProvider time)
{
    private const int Most = 8192;

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, UsageMeter> _meters = [];

    internal Allowance Allowance { get; } = allowance;

    /// <summary>That of an address; null where addresses have no limits.</summary>
    /// <exception cref="RequestException">429: More addresses than can be remembered are busy.</exception>
    internal UsageMeter? Of(IPAddress? address)
    {
        if (Allowance == Allowance.Unlimited)
            return null;
        var key = Network(address ?? IPAddress.None);
        lock (_lock)
        {
            if (_meters.TryGetValue(key, out var meter))
                return meter;
            if (_meters.Count >= Most)
                Forget();
            if (_meters.Count >= Most)
                throw RequestException.TooMany("more addresses ask than this server can count", TimeSpan.FromSeconds(10));
            return _meters[key] = new UsageMeter("this address", time);
        }
    }

    private void Forget()
    {
        foreach (var (address, _) in _meters.Where(entry => entry.Value.IsIdle(Allowance)).ToArray())
            _meters.Remove(address);
    }

    /// <summary>Who has one address of IPv6 has its whole network of 64 bits.</summary>
    private static IPAddress Network(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6)
            return address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
