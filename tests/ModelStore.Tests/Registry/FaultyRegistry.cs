using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Registry;

/// <summary>A registry in memory whose answers a test can spoil.</summary>
public sealed class FaultyRegistry : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FaultyRegistry(WebApplication app) => _app = app;

    public ConcurrentDictionary<string, byte[]> Blobs { get; } = new();

    public ConcurrentDictionary<string, byte[]> Manifests { get; } = new();

    /// <summary>Everything that was asked, in order: method, path, Range and Authorization.</summary>
    public ConcurrentQueue<Asked> Requests { get; } = new();

    /// <summary>Looks at a request before the registry does; true means that it has answered.</summary>
    public Func<HttpContext, Task<bool>> Before { get; set; } = _ => Task.FromResult(false);

    /// <summary>Sends the content of a blob, from and to given positions.</summary>
    public Func<HttpContext, byte[], int, int, Task> Send { get; set; } = SendWholeAsync;

    /// <summary>Host and port.</summary>
    public string Host { get; private set; } = "";

    public static async Task<FaultyRegistry> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.Configure<KestrelServerOptions>(options => options.Limits.MinRequestBodyDataRate = null);
        var registry = new FaultyRegistry(builder.Build());
        registry._app.Run(registry.AnswerAsync);
        await registry._app.StartAsync();
        var address = registry._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        registry.Host = new Uri(address).Authority;
        return registry;
    }

    /// <summary>Publishes a model with these contents as its layers.</summary>
    public ModelName Publish(string name, params byte[][] contents)
    {
        var config = "{\"model_format\":\"gguf\"}"u8.ToArray();
        string Layer(byte[] content, string type)
        {
            var digest = Digest.Of(content).ToString();
            Blobs[digest] = content;
            return $"{{\"mediaType\":\"{type}\",\"digest\":\"{digest}\",\"size\":{content.Length}}}";
        }

        var layers = string.Join(',', contents.Select(content => Layer(content, MediaTypes.Model)));
        Manifests[$"/v2/lab/{name}/manifests/latest"] = System.Text.Encoding.UTF8.GetBytes(
            $"{{\"schemaVersion\":2,\"mediaType\":\"{MediaTypes.Manifest}\",\"config\":{Layer(config, MediaTypes.Config)},\"layers\":[{layers}]}}");
        return ModelName.Parse($"{Host}/lab/{name}");
    }

    public int Count(Func<Asked, bool> what) => Requests.Count(what);

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource();
        await hurry.CancelAsync();
        await _app.StopAsync(hurry.Token);
        await _app.DisposeAsync();
    }

    public static async Task SendWholeAsync(HttpContext context, byte[] blob, int from, int to) =>
        await context.Response.Body.WriteAsync(blob.AsMemory(from, to - from), context.RequestAborted);

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        Requests.Enqueue(
            new(
                request.Method, request.Path, request.Headers.Range.ToString(), request.Headers.Authorization.ToString(),
                request.QueryString.ToString()));
        if (await Before(context))
            return;

        var path = request.Path.Value!;
        if (Manifests.TryGetValue(path, out var manifest))
        {
            await context.Response.Body.WriteAsync(manifest);
            return;
        }

        if (Blobs.TryGetValue(path[(path.LastIndexOf('/') + 1)..], out var blob))
            await BlobAsync(context, blob);
        else
            context.Response.StatusCode = 404;
    }

    private async Task BlobAsync(HttpContext context, byte[] blob)
    {
        var (from, to) = (0, blob.Length);
        if (context.Request.GetTypedHeaders().Range is { } range && blob.Length > 0)
        {
            (from, to) = ((int)range.Ranges.First().From!, (int)range.Ranges.First().To! + 1);
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{to - 1}/{blob.Length}";
        }

        context.Response.ContentLength = to - from;
        if (context.Request.Method != "HEAD")
            await Send(context, blob, from, to);
    }

    public sealed record Asked(string Method, string Path, string Range, string Authorization, string Query);
}
