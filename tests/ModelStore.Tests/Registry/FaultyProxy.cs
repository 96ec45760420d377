using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ModelOps.ModelStore.Tests.Registry;

/// <summary>Stands between a client and a registry and does to some answers what networks do.</summary>
public sealed class FaultyProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly string _registry;
    private int _asked;

    private FaultyProxy(WebApplication app, string registry) => (_app, _registry) = (app, registry);

    /// <summary>Spoils a request: is told its number among those for blobs and may answer itself, which it tells with true.</summary>
    public Func<HttpContext, int, Func<Task<byte[]>>, Task<bool>> Spoil { get; set; } = (_, _, _) => Task.FromResult(false);

    /// <summary>Ranges of blobs that were asked for.</summary>
    public List<string> Ranges { get; } = [];

    public string Host { get; private set; } = "";

    public static async Task<FaultyProxy> StartAsync(string registry)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var proxy = new FaultyProxy(builder.Build(), registry);
        proxy._app.Run(proxy.AnswerAsync);
        await proxy._app.StartAsync();
        proxy.Host = new Uri(
            proxy._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Authority;
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource();
        await hurry.CancelAsync();
        await _app.StopAsync(hurry.Token);
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{_registry}{context.Request.Path}");
        if (context.Request.Headers.Accept is { Count: > 0 } accept)
            request.Headers.TryAddWithoutValidation("Accept", accept.ToArray());
        var isBlob = context.Request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal);
        if (context.Request.Headers.Range.ToString() is { Length: > 0 } range)
            request.Headers.Range = RangeHeaderValue.Parse(range);
        var number = 0;
        if (isBlob)
        {
            lock (Ranges)
            {
                Ranges.Add(context.Request.Headers.Range.ToString());
                number = ++_asked;
            }
        }

        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentLength = answer.Content.Headers.ContentLength;
        context.Response.Headers.ContentRange = answer.Content.Headers.ContentRange?.ToString();
        if (isBlob && await Spoil(context, number, () => answer.Content.ReadAsByteArrayAsync(context.RequestAborted)))
            return;
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
