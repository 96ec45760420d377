using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using ModelOps.Http.Limits;

namespace ModelOps.Http.Listening;

/// <summary>Where connections come in, and what each passes before its requests are read.</summary>
/// <param name="connections">Bounds them.</param>
/// <param name="refuse">Answers those that have no place.</param>
/// <param name="tls">The certificate; null for plain HTTP.</param>
internal sealed class Listeners(ConnectionLimit connections, ConnectionDelegate refuse, TlsFiles? tls)
{
    private static readonly TimeSpan s_handshake = TimeSpan.FromSeconds(10);

    /// <summary>An address of the network.</summary>
    internal void Add(KestrelServerOptions kestrel, IPEndPoint endpoint) => kestrel.Listen(endpoint, ServeNetwork);

    /// <summary>The socket of this machine.</summary>
    internal void Add(KestrelServerOptions kestrel, string path) => kestrel.ListenUnixSocket(path, ServeMachine);

    /// <summary>A socket that listens already.</summary>
    internal void Add(KestrelServerOptions kestrel, HandedSocket handed) =>
        kestrel.ListenHandle((ulong)handed.Descriptor, handed.IsNetwork ? ServeNetwork : ServeMachine);

    private void ServeNetwork(ListenOptions listen)
    {
        listen.Protocols = tls is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
        Bound(listen, tls is null ? refuse : Hang);
        if (tls is not null)
        {
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                HandshakeTimeout = s_handshake,
                OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(tls.Current.Handshake),
            });
        }

        Speak(listen);
    }

    private void ServeMachine(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        Bound(listen, refuse);
        listen.Use(next => connection => LocalSocket.ServeAsync(connection, next));
        Speak(listen);
    }

    private void Bound(ListenOptions listen, ConnectionDelegate refusal) =>
        listen.Use(next => connection => connections.HandleAsync(connection, next, refusal));

    private static void Speak(ListenOptions listen) =>
        listen.Use(next => connection => ConnectionLimit.SpeakAsync(connection, next));

    /// <summary>Before the handshake nothing can be said that the client would understand.</summary>
    private static Task Hang(ConnectionContext connection)
    {
        connection.Abort(new ConnectionAbortedException("the server has as many connections as it takes"));
        return Task.CompletedTask;
    }
}
