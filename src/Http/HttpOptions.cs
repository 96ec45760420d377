using System.Collections.Immutable;
using System.Net;
using ModelOps.Http.Access;
using ModelOps.ModelStore.Showing;

namespace ModelOps.Http;

/// <summary>Where and how the HTTP surfaces are served.</summary>
public sealed record HttpOptions
{
    /// <summary>Addresses to listen on; port 0 takes a free one.</summary>
    public required ImmutableArray<IPEndPoint> Endpoints { get; init; }

    /// <summary>The operator accepts that everybody who reaches an address that is not loopback may use it.</summary>
    public bool Insecure { get; init; }

    /// <summary>
    /// Version that <c>/api/version</c> reports. Clients compare it with the versions of the reference whose calls they need.
    /// </summary>
    public string Version { get; init; } = "0.34.0";

    /// <summary>Version of this program, which the metrics report.</summary>
    public string Product { get; init; } = "";

    /// <summary>Comma list of further origins whose pages may call (<c>OLLAMA_ORIGINS</c>).</summary>
    public string Origins { get; init; } = "";

    /// <summary>Whether Go templates are used, for what <c>/api/show</c> says (<c>OLLAMA_GO_TEMPLATE</c>).</summary>
    public GoTemplateMode GoTemplates { get; init; } = GoTemplateMode.Auto;

    /// <summary>What one client may take of the server.</summary>
    public HttpLimits Limits { get; init; } = new();

    /// <summary>How long a stop waits for running replies.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Every listener is reachable from this machine only; then, and only then, the Host header is checked.</summary>
    internal bool IsLoopback => Endpoints.All(endpoint => IPAddress.IsLoopback(endpoint.Address));

    /// <summary>What is wrong with the options, in a sentence with the next step; null when nothing is.</summary>
    public string? Check()
    {
        if (Endpoints.IsDefaultOrEmpty)
            return "No address to listen on was given.";
        if (!Insecure && Endpoints.FirstOrDefault(endpoint => !IPAddress.IsLoopback(endpoint.Address)) is { } open)
        {
            return $"{open} can be reached from other machines and there are no API keys yet: "
                + "listen on 127.0.0.1, or give --insecure if everybody there may use, create and delete models.";
        }

        return Limits.Check() ?? OriginRules.Check(Origins);
    }
}
