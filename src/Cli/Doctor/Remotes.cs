using System.Net;
using System.Net.Sockets;
using ModelOps.Cli.Hosting;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Registry;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.Doctor;

/// <summary>What is asked over the network: the registry, whose clock is compared with ours, and the sources.</summary>
internal static class Remotes
{
    private const string Registry = "https://registry.ollama.ai/v2/";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_drift = TimeSpan.FromMinutes(5);
    private static readonly DateTimeOffset s_built = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    internal static async Task<IEnumerable<Finding>> LookAsync(
        CliContext context, ServeOptions options, CancellationToken cancellationToken)
    {
        var (registry, theirs) = await RegistryAsync(context, cancellationToken);
        var findings = new List<Finding> { registry, Clock(context.Time.GetUtcNow(), theirs) };
        foreach (var source in options.Sources)
        {
            foreach (var address in Of(source))
                findings.Add(await SourceAsync(source.Name, address, cancellationToken));
        }

        return findings;
    }

    /// <summary>Where a source may be asked.</summary>
    internal static IEnumerable<string> Of(SourceOptions source) => source.FurtherLocations.Prepend(source.Location);

    /// <summary><c>ssh://…</c> and <c>git@host:path</c>.</summary>
    internal static bool IsSsh(string address) =>
        address.StartsWith("ssh://", StringComparison.Ordinal)
        || (!address.Contains("://", StringComparison.Ordinal) && !Path.Exists(address) && address.Contains('@', StringComparison.Ordinal));

    private static async Task<(Finding, DateTimeOffset?)> RegistryAsync(CliContext context, CancellationToken cancellationToken)
    {
        var handler = new SocketsHttpHandler { ConnectTimeout = s_patience, Proxy = EnvironmentProxy.Of(context.Environment) };
        using var http = new HttpClient(handler);
        http.Timeout = s_patience;
        try
        {
            using var response = await http.GetAsync(new Uri(Registry), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (Finding.Good("registry", $"registry.ollama.ai answers {(int)response.StatusCode}"), response.Headers.Date);
        }
        catch (Exception error) when (error is HttpRequestException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var why = error is HttpRequestException ? NetworkFailure.Text(error) : $"no answer within {s_patience.TotalSeconds:0} s";
            return (
                new Finding(
                    "registry", Verdict.Warning, $"registry.ollama.ai: {why}",
                    "models that are here are served; for others see the network, https_proxy, or MODELOPS_MIRRORS"),
                null);
        }
    }

    private static Finding Clock(DateTimeOffset ours, DateTimeOffset? theirs)
    {
        var words = Output.EventText.Moment(ours);
        const string Fix = "set the clock, and keep it right: timedatectl set-ntp true";
        if (ours < s_built)
            return new Finding("clock", Verdict.Bad, $"{words} is in the past, so certificates and signatures are refused", Fix);
        if (theirs is { } other && (ours - other).Duration() > s_drift)
            return new Finding("clock", Verdict.Warning, $"{words}, and the registry says {Output.EventText.Moment(other)}", Fix);
        return Finding.Good("clock", theirs is null ? words : $"{words}, as the registry says");
    }

    /// <summary>A source of this machine must be there; one elsewhere may be away, since what was accepted of it is served.</summary>
    private static async Task<Finding> SourceAsync(string name, string address, CancellationToken cancellationToken)
    {
        var check = $"source {name}";
        var shown = AddressText.WithoutCredentials(address);
        if (Endpoint(address) is not { } place)
        {
            return Path.Exists(address)
                ? Finding.Good(check, shown)
                : new Finding(check, Verdict.Bad, $"{shown} is not there", "name another folder or address, or mount the disk");
        }

        try
        {
            using var socket = new TcpClient();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(s_patience);
            await socket.ConnectAsync(place.Host, place.Port, limit.Token);
            return Finding.Good(check, $"{shown} can be reached");
        }
        catch (Exception error) when (error is SocketException
            || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new Finding(
                check, Verdict.Warning, $"{shown} cannot be reached: {(error is SocketException ? error.Message : "no answer")}",
                "what was accepted is served; see the network, or name another address with --remote");
        }
    }

    private static DnsEndPoint? Endpoint(string address)
    {
        if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" or "ssh" or "git")
            return new DnsEndPoint(uri.Host, uri.Port > 0 ? uri.Port : 22);
        return IsSsh(address) && address.Split('@')[^1].Split(':')[0] is { Length: > 0 } host ? new DnsEndPoint(host, 22) : null;
    }
}
