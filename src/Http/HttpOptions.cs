using System.Collections.Immutable;
using System.Net;
using ModelOps.Http.Access;
using ModelOps.Http.Keys;
using ModelOps.Http.Listening;
using ModelOps.ModelStore.Showing;

namespace ModelOps.Http;

/// <summary>Where and how the HTTP surfaces are served.</summary>
public sealed record HttpOptions
{
    /// <summary>Addresses to listen on; port 0 takes a free one.</summary>
    public required ImmutableArray<IPEndPoint> Endpoints { get; init; }

    /// <summary>
    /// Sockets that listen already. Those of the network are listened on instead of <see cref="Endpoints"/>, which then has their
    /// addresses; others besides.
    /// </summary>
    public ImmutableArray<HandedSocket> HandedSockets { get; init; } = [];

    /// <summary>Path of the socket of this machine; null for none.</summary>
    public string? Socket { get; init; }

    /// <summary>
    /// The operator accepts that what reaches an address that is not loopback is neither encrypted nor, unless keys are required, known.
    /// </summary>
    public bool Insecure { get; init; }

    /// <summary>Whoever comes over the network needs a key, on loopback too.</summary>
    public bool RequireKeys { get; init; }

    /// <summary>A reverse proxy ends TLS before this server, so clients that seem local are not.</summary>
    public bool BehindProxy { get; init; }

    /// <summary>Networks of the proxies whose word on a client's address counts.</summary>
    public ImmutableArray<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Further names that clients may call this server by.</summary>
    public ImmutableArray<string> AllowedHosts { get; init; } = [];

    /// <summary>The addresses speak TLS.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>What each address may take.</summary>
    public Allowance PerAddress { get; init; } = Allowance.Unlimited;

    /// <summary>
    /// Version that <c>/api/version</c> reports. Clients compare it with the versions of the reference whose calls they need.
    /// </summary>
    public string Version { get; init; } = "0.34.0";

    /// <summary>Version of this program, which the metrics report.</summary>
    public string Product { get; init; } = "";

    /// <summary>Commit that this program was built from, which the metrics report; empty when that is not known.</summary>
    public string ProductCommit { get; init; } = "";

    /// <summary>Comma list of further origins whose pages may call (<c>OLLAMA_ORIGINS</c>).</summary>
    public string Origins { get; init; } = "";

    /// <summary>Whether Go templates are used, for what <c>/api/show</c> says (<c>OLLAMA_GO_TEMPLATE</c>).</summary>
    public GoTemplateMode GoTemplates { get; init; } = GoTemplateMode.Auto;

    /// <summary>What one client may take of the server.</summary>
    public HttpLimits Limits { get; init; } = new();

    /// <summary>How long a stop waits for running replies.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whoever comes over the network needs a key.</summary>
    public bool NeedsKeys => RequireKeys || BehindProxy || !(IsLoopback || Insecure);

    /// <summary>Who may do what, in a word for status: <c>open</c>, <c>keys</c>, <c>insecure</c>.</summary>
    public string AccessWord => NeedsKeys ? "keys" : IsLoopback ? "open" : "insecure";

    /// <summary>What the operator must hear at every start; null when nothing is unsafe.</summary>
    public string? Warning => IsLoopback || !Insecure ? null
        : !NeedsKeys ? "INSECURE: everybody who reaches this address may use, create and delete models, without a key"
        : Tls is null ? "INSECURE: keys, questions and answers go over the network as plain text"
        : null;

    /// <summary>Every listener is reachable from this machine only.</summary>
    internal bool IsLoopback => Endpoints.All(endpoint => IPAddress.IsLoopback(endpoint.Address));

    /// <summary>What is wrong with the options, in a sentence with the next step; null when nothing is.</summary>
    public string? Check()
    {
        if (Endpoints.IsDefaultOrEmpty)
            return "No address to listen on was given.";
        if (!Insecure && !BehindProxy && Tls is null
            && Endpoints.FirstOrDefault(endpoint => !IPAddress.IsLoopback(endpoint.Address)) is { } open)
        {
            return $"{open} can be reached from other machines: give --listen https://… with --tls-cert and --tls-key, then keys are "
                + "needed; or --behind-proxy when a proxy before it speaks TLS; or listen on 127.0.0.1; "
                + "or give --insecure if everybody there may use, create and delete models.";
        }

        if (AllowedHosts.FirstOrDefault(host => !HostRules.IsRule(host)) is { } rule)
            return $"--allow-host '{rule}' is no name of a host; write models.example.org, or *.example.org for all below it.";
        return Limits.Check() ?? OriginRules.Check(Origins);
    }
}
