using System.Collections.Immutable;
using System.Net;
using ModelOps.Http.Keys;
using ModelOps.Http.Listening;

namespace ModelOps.Cli.Hosting;

/// <summary>Who may ask the daemon, and from where.</summary>
internal sealed record AccessOptions
{
    /// <summary>File of keys, absolute.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>Loopback needs keys as well.</summary>
    public bool RequireKeys { get; init; }

    /// <summary>Path of the socket, absolute; null for none.</summary>
    public string? Socket { get; init; }

    /// <summary>Further names of the server.</summary>
    public ImmutableArray<string> AllowedHosts { get; init; } = [];

    /// <summary>A proxy ends TLS.</summary>
    public bool BehindProxy { get; init; }

    /// <summary>Whose word on a client's address counts.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Files of TLS; null for plain http.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>What one address may take.</summary>
    public Allowance PerAddress { get; init; } = Allowance.Unlimited;
}
