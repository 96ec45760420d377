using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ModelOps.Http.Access;
using ModelOps.Http.Limits;
using ModelOps.Http.Listening;
using ModelOps.Http.Routing;

namespace ModelOps.Http;

/// <summary>Makes the web server of all surfaces. The caller starts and stops it: a stop drains running replies.</summary>
public static class HttpServer
{
    private const int ManyHeaders = 100_000;
    private const int SmallestBuffer = 1 << 20;
    private const int MostStreams = 128;

    // In effect no timeout. "Infinite" becomes the largest number of ticks, overflows when the clock is added, and ends idle connections
    // every second.
    private static readonly TimeSpan Never = TimeSpan.FromDays(30);
    private static readonly TimeSpan PingDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan GraceOfBodies = TimeSpan.FromSeconds(10);

    /// <summary>Builds the server; it does not listen yet.</summary>
    /// <param name="options">Have passed <see cref="HttpOptions.Check"/>.</param>
    /// <param name="dependencies">The parts that the surfaces use.</param>
    /// <exception cref="ArgumentException">The options are wrong; the message says how.</exception>
    public static WebApplication Build(HttpOptions options, HttpDependencies dependencies)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(dependencies);
        if (options.Check() is { } problem)
            throw new ArgumentException(problem, nameof(options));

        // Nothing is read from files or the environment: configuration is the host's.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options, dependencies));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
        dependencies.Logging?.Invoke(builder.Logging);

        var app = builder.Build();
        var surfaces = new Surfaces(options, dependencies, app.Lifetime.ApplicationStopping);
        app.Lifetime.ApplicationStopped.Register(surfaces.Dispose);
        var budget = new BodyBudget(options.Limits, dependencies.Time);
        app.Lifetime.ApplicationStopped.Register(budget.Dispose);
        app.Services
            .GetRequiredService<DiagnosticListener>()
            .Subscribe(new RejectedRequests(options.Limits, Envelopes.WriteAsync), RejectedRequests.IsOfInterest);
        var loggers = app.Services.GetRequiredService<ILoggerFactory>();
        var gate = new Gate(
            new IncomingBodies(options.Limits, budget),
            new RouteTable(surfaces.Routes()),
            new OriginRules(options.Origins),
            HostsOf(options, dependencies),
            new ForwardedAddresses(options.TrustedProxies),
            new Turnstile(
                new Authentication(dependencies.Keys, options.NeedsKeys, dependencies.Time, loggers.CreateLogger<Authentication>()),
                new AddressMeters(options.PerAddress, dependencies.Time),
                dependencies.Time),
            loggers.CreateLogger<Gate>());
        app.Run(gate.HandleAsync);
        if (options.Socket is { } socket)
            app.Lifetime.ApplicationStarted.Register(() => LocalSocket.Narrow(socket));
        return app;
    }

    private static HostRules HostsOf(HttpOptions options, HttpDependencies dependencies) => new(
        Dns.GetHostName(), dependencies.Time, options.IsLoopback, options.AllowedHosts,
        dependencies.Tls is { } tls ? () => tls.Current.Names : null);

    private static void Configure(KestrelServerOptions kestrel, HttpOptions options, HttpDependencies dependencies)
    {
        var (limits, time) = (options.Limits, dependencies.Time);
        kestrel.AddServerHeader = false;

        // Bodies are bounded where they are read, and clients may read replies slowly.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Limits.MinRequestBodyDataRate = limits.BodyRate > 0 ? new MinDataRate(limits.BodyRate, GraceOfBodies) : null;
        kestrel.Limits.KeepAliveTimeout = Never;
        kestrel.Limits.RequestHeadersTimeout = limits.HeaderTimeout > TimeSpan.Zero ? limits.HeaderTimeout : Never;
        kestrel.Limits.MaxRequestBufferSize = Math.Max(SmallestBuffer, 2 * limits.MaxHeaderBytes);
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.MaxHeaderBytes;
        kestrel.Limits.MaxRequestLineSize = limits.MaxHeaderBytes;
        kestrel.Limits.MaxRequestHeaderCount = ManyHeaders;
        kestrel.Limits.Http2.MaxStreamsPerConnection = MostStreams;
        kestrel.Limits.Http2.KeepAlivePingDelay = PingDelay;
        var connections = new ConnectionLimit(limits, time);
        var refused = new RefusedConnection(limits, time, Envelopes.WriteAsync);
        var listeners = new Listeners(connections, refused.AnswerAsync, dependencies.Tls);
        foreach (var handed in options.HandedSockets)
            listeners.Add(kestrel, handed);
        if (!options.HandedSockets.Any(handed => handed.IsNetwork))
        {
            foreach (var endpoint in options.Endpoints)
                listeners.Add(kestrel, endpoint);
        }

        if (options.Socket is { } socket)
            listeners.Add(kestrel, socket);
    }
}
