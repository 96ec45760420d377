using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Http.Tests;

/// <summary>The real server on a free loopback port, with a store in a temporary folder and a scripted inference.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-http-").FullName;
    private readonly WebApplication _app;

    private TestServer(HttpOptions options, Func<HttpDependencies, HttpDependencies>? adjust)
    {
        Store = LocalStore.Open(_folder, TimeProvider.System);
        var parts = new HttpDependencies
        {
            Inference = Inference,
            Runtime = Runtime,
            Store = Store,
            Builder = new ModelBuilder(Store, null, null),
            Time = TimeProvider.System,
        };
        _app = HttpServer.Build(options, adjust?.Invoke(parts) ?? parts);
    }

    internal FakeInference Inference { get; } = new();

    internal FakeRuntime Runtime { get; } = new();

    internal LocalStore Store { get; }

    internal int Port { get; private set; }

    internal string Host => $"127.0.0.1:{Port}";

    internal WebApplication App => _app;

    internal static async Task<TestServer> StartAsync(
        string origins = "", Func<HttpDependencies, HttpDependencies>? adjust = null, HttpLimits? limits = null,
        Func<HttpOptions, HttpOptions>? options = null)
    {
        var usual = new HttpOptions
        {
            Endpoints = [new IPEndPoint(IPAddress.Loopback, 0)], Origins = origins, Limits = limits ?? new HttpLimits(),
        };
        var server = new TestServer(options?.Invoke(usual) ?? usual, adjust);
        await server._app.StartAsync();
        server.Port = new Uri(server._app.Urls.First()).Port;
        return server;
    }

    /// <summary>Stores a model without weights, which is enough for everything but inference.</summary>
    internal StoredModel Install(string name)
    {
        var config = Store.Blobs.Write(Encoding.UTF8.GetBytes(
            """{"model_format":"gguf","model_family":"llama","model_families":["llama"],"model_type":"2.62M","file_type":"F16","architecture":"amd64","os":"linux"}"""
                + "\n"));
        var system = Store.Blobs.Write("Be brief."u8);
        return Store.WriteManifest(ModelName.Parse(name), new Manifest(
            new Layer(MediaTypes.Config, config.Digest, config.Size), [new Layer(MediaTypes.System, system.Digest, system.Size)]));
    }

    internal Task<RawReply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers);

    internal Task<RawReply> PostAsync(string path, string body, params (string Name, string Value)[] headers) =>
        SendAsync("POST", path, body, headers);

    internal Task<RawReply> SendAsync(string method, string path, string? body, params (string Name, string Value)[] headers) =>
        SendBytesAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), headers);

    /// <summary>Sends a body that is no text.</summary>
    internal async Task<RawReply> SendBytesAsync(string method, string path, byte[]? body, params (string Name, string Value)[] headers)
    {
        using var connection = await OpenAsync(method, path, body, headers);
        await using var stream = connection.GetStream();
        return await ReadAsync(stream, method);
    }

    /// <summary>Sends a request and leaves the reading to the caller.</summary>
    internal Task<TcpClient> OpenAsync(string method, string path, string? body, params (string Name, string Value)[] headers) =>
        OpenAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), headers);

    private async Task<TcpClient> OpenAsync(string method, string path, byte[]? body, params (string Name, string Value)[] headers)
    {
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\n");
        if (!headers.Any(header => header.Name == "Host"))
            head.Append(CultureInfo.InvariantCulture, $"Host: {Host}\r\n");
        foreach (var (name, value) in headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        head.Append("Connection: close\r\n");
        if (body is not null && !headers.Any(header => header.Name == "Transfer-Encoding"))
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Port);
        await client.GetStream().WriteAsync((byte[])[.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. body ?? []]);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<RawReply> ReadAsync(Stream stream, string method)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        var bytes = all.ToArray();
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        var head = Encoding.Latin1.GetString(bytes, 0, end).Split("\r\n");
        var headers = head.Skip(1)
            .Select(line => line.Split(": ", 2))
            .ToLookup(pair => pair[0], pair => pair.Length > 1 ? pair[1] : "", StringComparer.OrdinalIgnoreCase);
        var rest = bytes[(end + 4)..];
        var chunks = 0;
        if (headers["transfer-encoding"].Contains("chunked"))
            (rest, chunks) = Join(rest);
        return new RawReply(
            int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture),
            headers,
            method == "HEAD" ? "" : Encoding.UTF8.GetString(rest),
            chunks);
    }

    private static (byte[] Body, int Chunks) Join(byte[] rest)
    {
        var body = new List<byte>();
        for (var (at, count) = (0, 0); ; count++)
        {
            var line = rest.AsSpan(at).IndexOf("\r\n"u8);
            if (line < 0)
                return ([.. body], count);
            var length = int.Parse(Encoding.ASCII.GetString(rest, at, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (length == 0)
                return ([.. body], count);
            body.AddRange(rest[(at + line + 2)..(at + line + 2 + length)]);
            at += line + 2 + length + 2;
        }
    }
}
