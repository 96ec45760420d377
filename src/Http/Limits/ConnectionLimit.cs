using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace ModelOps.Http.Limits;

/// <summary>
/// Bounds the connections. When all are taken, an idle one makes room: first one that has not brought a request for some seconds, then one
/// that has not brought another for minutes. When all others are busy, the newcomer gets an error that says so. Any thread.
/// </summary>
internal sealed class ConnectionLimit(HttpLimits limits, TimeProvider time)
{
    private static readonly TimeSpan GraceOfUnused = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan GraceOfUsed = TimeSpan.FromMinutes(2);

    private readonly Lock _lock = new();

    // In both, the connection that is idle longest comes first.
    private readonly LinkedList<OpenConnection> _unused = new();
    private readonly LinkedList<OpenConnection> _used = new();
    private int _count;

    /// <summary>Serves a connection, or refuses it.</summary>
    /// <param name="connection">The newcomer.</param>
    /// <param name="serve">What serves it.</param>
    /// <param name="refuse">What answers it when all places are taken.</param>
    internal async Task HandleAsync(ConnectionContext connection, ConnectionDelegate serve, ConnectionDelegate refuse)
    {
        var open = new OpenConnection(connection, this);
        if (!TryEnter(open))
        {
            await refuse(connection);
            return;
        }

        connection.Features.Set(open);
        try
        {
            await serve(connection);
        }
        finally
        {
            Leave(open);
        }
    }

    /// <summary>
    /// Serves a connection whose bytes are HTTP's own: inside of TLS where there is TLS. What is to be said when the web server is done
    /// with it is said here.
    /// </summary>
    internal static async Task SpeakAsync(ConnectionContext connection, ConnectionDelegate serve)
    {
        var open = connection.Features.GetRequiredFeature<OpenConnection>();
        var transport = connection.Transport;
        connection.Transport = new SilencedTransport(transport, open);
        try
        {
            await serve(connection);
            if (open.LastWords is { } words)
                await transport.Output.WriteAsync(words);
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            // The client no longer reads.
        }
    }

    internal void Begin(OpenConnection open)
    {
        lock (_lock)
        {
            open.Place?.List?.Remove(open.Place);
            open.Place = null;
            open.WasUsed = true;
            open.Requests++;
        }
    }

    internal void End(OpenConnection open)
    {
        lock (_lock)
        {
            // Of HTTP/2 several are answered at a time.
            if (--open.Requests == 0 && !open.IsGone)
                Rest(open);
        }
    }

    private bool TryEnter(OpenConnection open)
    {
        OpenConnection? displaced = null;
        lock (_lock)
        {
            if (_count >= limits.MaxConnections)
            {
                displaced = Displaceable(_unused, GraceOfUnused) ?? Displaceable(_used, GraceOfUsed);
                if (displaced is null)
                    return false;
                Remove(displaced);
            }

            _count++;
            Rest(open);
        }

        displaced?.Abort();
        return true;
    }

    private void Leave(OpenConnection open)
    {
        lock (_lock)
        {
            if (!open.IsGone)
                Remove(open);
        }
    }

    private OpenConnection? Displaceable(LinkedList<OpenConnection> idle, TimeSpan grace) =>
        idle.First?.Value is { } first && time.GetElapsedTime(first.IdleSince) >= grace ? first : null;

    private void Rest(OpenConnection open)
    {
        open.IdleSince = time.GetTimestamp();
        open.Place = (open.WasUsed ? _used : _unused).AddLast(open);
    }

    private void Remove(OpenConnection open)
    {
        open.Place?.List?.Remove(open.Place);
        open.Place = null;
        open.IsGone = true;
        _count--;
    }
}
