using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using ModelOps.Cli.Client;
using ModelOps.Http;
using ModelOps.Http.Listening;

namespace ModelOps.Cli.Hosting;

/// <summary>The address that the server is asked at.</summary>
internal static class Listener
{
    /// <summary>The address to listen on: that of the first network socket that was handed over, else the one asked for.</summary>
    internal static ServerAddress Of(ServerAddress asked, ImmutableArray<HandedSocket> handed) =>
        handed.FirstOrDefault(socket => socket.IsNetwork)?.Address is IPEndPoint first
            ? asked with { Host = first.Address.ToString(), Port = first.Port }
            : asked;

    /// <summary>What the web server is started with.</summary>
    /// <exception cref="CliException">The address is none of this machine.</exception>
    internal static HttpOptions Options(ServeOptions options, ImmutableArray<HandedSocket> handed) => new()
    {
        Endpoints = [.. Endpoints(options.Listen, handed)],
        HandedSockets = handed,
        Product = ProductVersion.Text,
        ProductCommit = ProductVersion.Commit,
        Insecure = options.Insecure,
        RequireKeys = options.Access.RequireKeys,
        BehindProxy = options.Access.BehindProxy,
        TrustedProxies = options.Access.TrustedProxies,
        AllowedHosts = options.Access.AllowedHosts,
        Tls = options.Access.Tls,
        Socket = options.Access.Socket,
        PerAddress = options.Access.PerAddress,
        Origins = options.Origins,
        Limits = options.Limits,
    };

    /// <summary>Addresses of this machine to listen on.</summary>
    /// <param name="listen">The address that was asked for.</param>
    /// <param name="handed">Sockets that were handed over; those of the network have the addresses.</param>
    /// <exception cref="CliException">The name does not belong to this machine.</exception>
    internal static IEnumerable<IPEndPoint> Endpoints(ServerAddress listen, ImmutableArray<HandedSocket> handed)
    {
        if (handed.Any(socket => socket.IsNetwork))
            return handed.Select(socket => socket.Address).OfType<IPEndPoint>();
        var host = listen.Host;
        if (host == "localhost")
            return [new IPEndPoint(IPAddress.Loopback, listen.Port)];
        if (host.Length == 0)
            return [new IPEndPoint(IPAddress.Any, listen.Port)];
        if (IPAddress.TryParse(host, out var address))
            return [new IPEndPoint(address, listen.Port)];
        try
        {
            return Dns.GetHostAddresses(host).Select(found => new IPEndPoint(found, listen.Port));
        }
        catch (SocketException error)
        {
            throw new CliException(ExitCode.Usage, $"'{host}' is no address of this machine: {error.Message}", error);
        }
    }

    /// <summary>Removes what a server that was killed left where the socket is to be.</summary>
    /// <exception cref="CliException">It is of another server, or no socket.</exception>
    internal static void MakeRoom(string? socket)
    {
        try
        {
            if (socket is not null)
                LocalSocket.Prepare(socket);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                ExitCode.Usage,
                $"cannot listen on unix:{socket}: {error.Message.TrimEnd('.')}; give another path with --socket, or 'none'", error);
        }
    }

    /// <summary>Begins to listen.</summary>
    /// <exception cref="CliException">The address cannot be listened on.</exception>
    internal static async Task StartAsync(WebApplication server, ServerAddress listen, CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            throw new CliException(
                ExitCode.Usage,
                $"cannot listen on {listen.Host}:{listen.Port}: {Cause(error)}; end the program that does, or give another address with "
                + "--listen",
                error);
        }
    }

    private static string Cause(Exception error) =>
        error.InnerException is { } inner
            ? Cause(inner)
            : error is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } ? "the address is in use" : error.Message;
}
