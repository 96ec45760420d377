using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>
/// Frames of HTTP/2 that no client means well: streams that are reset at once, heads that never end, settings and pings without an end.
/// </summary>
public sealed class HttpTwoTests : IDisposable
{
    private const int Most = 200_000;
    private const byte Data = 0, Headers = 1, Reset = 3, Settings = 4, Ping = 6, WindowUpdate = 8, Continuation = 9;
    private const byte EndStream = 1, EndHeaders = 4;

    private readonly TemporaryFolder _folder = new();
    private readonly Certificates _certificates;

    public HttpTwoTests()
    {
        _certificates = new Certificates(_folder.Combine("certificates"));
        _certificates.Issue().Dispose();
    }

    public void Dispose()
    {
        _certificates.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("resets")]
    [InlineData("continuations")]
    [InlineData("settings")]
    [InlineData("pings")]
    [InlineData("large head")]
    [InlineData("empty data")]
    [InlineData("windows")]
    public async Task A_flood_of_frames_ends_its_connection_or_is_borne_and_others_are_answered(string kind)
    {
        await using var daemon = await TlsDaemon.StartAsync(_certificates, _folder.Combine("home"));
        using var friend = daemon.Client(null, HttpVersion.Version20);
        Assert.Equal(HttpStatusCode.OK, (await friend.GetAsync("api/version")).StatusCode);
        var before = ProcessMemory.Anonymous(daemon.ProcessId);

        var flood = FloodAsync(daemon.Port, kind);
        while (!flood.IsCompleted)
        {
            Assert.Equal(HttpStatusCode.OK, (await friend.GetAsync("api/version").WaitAsync(TimeSpan.FromSeconds(10))).StatusCode);
            await Task.WhenAny(flood, Task.Delay(100));
        }

        await flood;
        using var next = daemon.Client(null, HttpVersion.Version20);
        Assert.Equal(HttpStatusCode.OK, (await next.GetAsync("api/version")).StatusCode);
        var grown = ProcessMemory.Anonymous(daemon.ProcessId) - before;
        Assert.True(grown < 100_000, $"{kind}: {grown} kB more");
        var critical = daemon.Output.IndexOf("crit:", StringComparison.Ordinal);
        Assert.True(critical < 0, critical < 0 ? "" : daemon.Output[critical..]);
    }

    /// <summary>Sends frames until the server hangs up, or a number of them that nobody means well.</summary>
    private static async Task FloodAsync(int port, string kind)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using var tls = new SslStream(client.GetStream(), false, Certificates.TakeAny);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = Certificates.Host, ApplicationProtocols = [SslApplicationProtocol.Http2],
        });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(8));
        try
        {
            await tls.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), limit.Token);
            await tls.WriteAsync(Frame(Settings, 0, 0, []), limit.Token);
            if (kind is "continuations" or "large head")
                await tls.WriteAsync(Frame(Headers, EndStream, 1, Head), limit.Token);
            else if (kind is "empty data")
                await tls.WriteAsync(Frame(Headers, EndHeaders, 1, PostHead), limit.Token);
            var reading = DrainAsync(tls, limit.Token);
            for (var number = 0; number < Most; number += 100)
            {
                await tls.WriteAsync((byte[])[.. Enumerable.Range(number, 100).SelectMany(at => FramesOf(kind, at))], limit.Token);
                if (reading.IsCompleted)
                    return;
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The server hung up, or bore it all.
        }
    }

    private static byte[] FramesOf(string kind, int number) => kind switch
    {
        "resets" => [.. Frame(Headers, EndStream | EndHeaders, (2 * number) + 1, Head), .. Frame(Reset, 0, (2 * number) + 1, [0, 0, 0, 8])],
        "continuations" => Frame(Continuation, 0, 1, []),
        "large head" => Frame(Continuation, 0, 1, [0x00, 0x01, (byte)'x', 0x7f, 0xff, 0x0f, .. new byte[1000]]),
        "settings" => Frame(Settings, 0, 0, [0, 4, 0, 1, 0, 0]),
        "empty data" => Frame(Data, 0, 1, []),
        "windows" => Frame(WindowUpdate, 0, 0, [0, 0, 0, 1]),
        _ => Frame(Ping, 0, 0, new byte[8]),
    };

    /// <summary>GET https /api/version, with the authority as a literal.</summary>
    private static byte[] Head => [0x82, 0x87, 0x04, 12, .. "/api/version"u8, 0x01, 9, .. "127.0.0.1"u8];

    /// <summary>POST https /api/chat.</summary>
    private static byte[] PostHead => [0x83, 0x87, 0x04, 9, .. "/api/chat"u8, 0x01, 9, .. "127.0.0.1"u8];

    private static byte[] Frame(byte type, byte flags, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        (frame[0], frame[1], frame[2]) = ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length);
        (frame[3], frame[4]) = (type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }

    private static async Task DrainAsync(Stream stream, CancellationToken cancellationToken)
    {
        try
        {
            var buffer = new byte[16_384];
            while (await stream.ReadAsync(buffer, cancellationToken) > 0)
            {
                // What it answers does not matter.
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // It hung up.
        }
    }
}
