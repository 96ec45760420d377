using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelOps.Http.Access;
using ModelOps.Http.Routing;

namespace ModelOps.Http;

/// <summary>Makes the web server of all surfaces. Whoever builds it starts it, and stops it: a stop drains running replies.</summary>
public static class HttpServer
{
    // The reference's limit of header bytes, with the slack that it allows.
    private const int LongestHead = (1 << 20) + 4096;
    private const int ManyHeaders = 100_000;

    // Not "infinite": added to the server's clock that is past the end of time, and every idle connection is cut at its next tick, a second later.
    private static readonly TimeSpan Never = TimeSpan.FromDays(3650);

    /// <summary>Builds the server; it does not listen yet.</summary>
    /// <param name="options">Have passed <see cref="HttpOptions.Check"/>.</param>
    /// <param name="dependencies">What the surfaces speak for.</param>
    /// <exception cref="ArgumentException">The options are wrong; the message says how.</exception>
    public static WebApplication Build(HttpOptions options, HttpDependencies dependencies)
    {
        if (options.Check() is { } problem)
            throw new ArgumentException(problem, nameof(options));

        // Nothing is read from files or the environment: configuration is the host's.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
        dependencies.Logging?.Invoke(builder.Logging);

        var app = builder.Build();
        var surfaces = new Surfaces(options, dependencies, app.Lifetime.ApplicationStopping);
        app.Lifetime.ApplicationStopped.Register(surfaces.Dispose);
        var gate = new Gate(
            new RouteTable(surfaces.Routes()),
            new OriginRules(options.Origins),
            options.IsLoopback ? new HostRules(Dns.GetHostName()) : null,
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger<Gate>());
        app.Run(gate.HandleAsync);
        return app;
    }

    private static void Configure(KestrelServerOptions kestrel, HttpOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.KeepAliveTimeout = Never;
        kestrel.Limits.RequestHeadersTimeout = Never;
        kestrel.Limits.MaxRequestBufferSize = 2 * LongestHead;
        kestrel.Limits.MaxRequestHeadersTotalSize = LongestHead;
        kestrel.Limits.MaxRequestLineSize = LongestHead;
        kestrel.Limits.MaxRequestHeaderCount = ManyHeaders;
        foreach (var endpoint in options.Endpoints)
            kestrel.Listen(endpoint, listen => listen.Protocols = HttpProtocols.Http1);
    }
}
