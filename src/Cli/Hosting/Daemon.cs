using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelOps.Cli.Output;
using ModelOps.Http;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Storage;
using ModelOps.ModelStore.Verification;
using ModelOps.Reconciler.Reconciling;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Native;
using ModelOps.Runtime.Serving;
using ModelOps.Runtime.Workers;

namespace ModelOps.Cli.Hosting;

/// <summary>Puts the layers together, serves, and takes everything down in the right order.</summary>
internal sealed class Daemon(CliContext context, ServeOptions options)
{
    private static readonly TimeSpan KeptForRepository = TimeSpan.FromDays(14);

    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Serves until a signal; 0 after a clean end.</summary>
    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var http = new HttpOptions { Endpoints = [.. Endpoints()], Insecure = options.Insecure, Origins = options.Origins, Limits = options.Limits };
        if (http.Check() is { } problem)
            throw new CliException(ExitCode.Usage, problem);
        try
        {
            using var held = HomeLock.Acquire(options.Home, Environment.ProcessId);
            EngineLibrary.Check(options.NativeFolder);
            using var loggers = LoggerFactory.Create(ConfigureLogs);
            return await ServeAsync(http, loggers, cancellationToken);
        }
        catch (StateException error)
        {
            throw new CliException(error.IsHeld ? ExitCode.NotReachable : ExitCode.Usage, error.Message, error);
        }
        catch (EngineUnavailableException error)
        {
            throw new CliException(ExitCode.Usage, error.Message, error);
        }
        catch (GitSourceException error)
        {
            throw new CliException(ExitCode.Source, error.Message, error);
        }
    }

    private async Task<int> ServeAsync(HttpOptions http, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));

        var store = OpenStore(loggers);
        Prune(store);
        await using var loader = CreateLoader(loggers);
        await using var host = new ModelHost(store, loader, options.Host, context.Time, loggers);
        using var registry = RegistryParts.Create(context, options, store);
        var builder = new ModelBuilder(store, registry, new WorkerQuantizer(WorkerProgram.OfThisProcess(EngineOptions()), context.Time)) { RemoveUnused = options.Source is null && options.Prune };
        using var parts = options.Source is null ? null : await ReconcilerParts.CreateAsync(
            new ReconcilerOptions { Home = options.Home, Source = options.Source, AllowedPaths = options.AllowedPaths },
            store, builder, host, context.Time, Random.Shared, loggers, stop.Token);

        await using var server = HttpServer.Build(http, new HttpDependencies
        {
            Inference = host, Runtime = host, Store = store, Builder = builder, Transfer = new RegistryParts.Transfer(store, registry), Probe = new WorkerComputeProbe(WorkerProgram.OfThisProcess(EngineOptions()), context.Time), Time = context.Time, Logging = ConfigureLogs,
            Board = parts?.Board, RequestSync = parts is null ? null : parts.Loop.Wake,
        });
        await StartAsync(server, stop.Token);
        Print($"Listening on {options.Listen}");

        using var reconcile = new CancellationTokenSource();
        var loop = parts?.Loop.RunAsync(reconcile.Token) ?? Task.CompletedTask;
        var announce = parts is null ? AnnounceStoreAsync(store) : AnnounceAsync(parts.Board, stop.Token);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, stop.Token);
        }
        catch (OperationCanceledException)
        {
            Print("Stopping: running answers are finished first");
        }

        // New requests are refused, running ones end; then nothing reconciles any more; then the engines go.
        await server.StopAsync(CancellationToken.None);
        await reconcile.CancelAsync();
        await loop;
        await announce;
        return ExitCode.Done;
    }

    private LocalStore OpenStore(ILoggerFactory loggers)
    {
        var folder = options.Store ?? Path.Combine(options.Home, "store");
        try
        {
            return LocalStore.Open(folder, context.Time, loggers.CreateLogger<LocalStore>());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"the model store {folder} cannot be used: {error.Message}", error);
        }
    }

    // Blobs of models that git does not name any more are kept as long as a models repository asks for by default.
    private void Prune(LocalStore store)
    {
        var garbage = options.Source is null ? new GarbageOptions() : new GarbageOptions { Grace = KeptForRepository };
        var report = new GarbageCollector(store, context.Time).PruneAtStart(options.Prune ? garbage : null);
        if (report.Items.Length > 0)
            Print($"Removed {report.Items.Length} file(s) that no model needs, {HumanText.Bytes(report.Bytes)}");
        if (report.Reason.Length > 0)
            context.Error.WriteLine($"Warning: {report.Reason}");
    }

    private EngineOptions EngineOptions() => new() { NativeFolder = options.NativeFolder, Processors = Environment.ProcessorCount };

    private IEngineLoader CreateLoader(ILoggerFactory loggers)
    {
        var engine = EngineOptions();
        return options.InProcess
            ? new LocalEngineLoader(engine, context.Time, loggers.CreateLogger<LocalEngineLoader>())
            : new WorkerEngineLoader(WorkerProgram.OfThisProcess(engine) with { LoadLimit = options.LoadLimit }, context.Time, loggers.CreateLogger<WorkerEngineLoader>());
    }

    private async Task StartAsync(Microsoft.AspNetCore.Builder.WebApplication server, CancellationToken cancellationToken)
    {
        try
        {
            await server.StartAsync(cancellationToken);
        }
        catch (IOException error)
        {
            throw new CliException(
                ExitCode.Usage, $"cannot listen on {options.Listen.Host}:{options.Listen.Port}: {Cause(error)}; end the program that does, or give another address with --listen", error);
        }
    }

    private static string Cause(Exception error) =>
        error.InnerException is { } inner ? Cause(inner) : error is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } ? "the address is in use" : error.Message;

    private IEnumerable<IPEndPoint> Endpoints()
    {
        var host = options.Listen.Host;
        if (host == "localhost")
            return [new IPEndPoint(IPAddress.Loopback, options.Listen.Port)];
        if (host.Length == 0)
            return [new IPEndPoint(IPAddress.Any, options.Listen.Port)];
        if (IPAddress.TryParse(host, out var address))
            return [new IPEndPoint(address, options.Listen.Port)];
        try
        {
            return Dns.GetHostAddresses(host).Select(found => new IPEndPoint(found, options.Listen.Port));
        }
        catch (SocketException error)
        {
            throw new CliException(ExitCode.Usage, $"'{host}' is no address of this machine: {error.Message}", error);
        }
    }

    private async Task AnnounceAsync(StatusBoard board, CancellationToken cancellationToken)
    {
        try
        {
            Print($"Source {options.Source!.Location}");
            var status = await board.WaitForAsync(status => status.Ready || status.LastError is not null || status.Source?.Error is not null, cancellationToken);
            if (!status.Ready)
            {
                context.Error.WriteLine(StatusText.Of(status, context.Time.GetUtcNow()));
                status = await board.WaitForAsync(status => status.Ready, cancellationToken);
            }

            Print($"Revision {status.Source?.Applied} {status.Source?.Subject}");
            foreach (var model in status.Models)
                Print($"Model {model.Name}: build {model.ServedBuild?[..12]}, {model.Residency}{(model.Resident ? ", in memory" : "")}");
            AnnounceReady(status.Models.FirstOrDefault()?.Name);
        }
        catch (OperationCanceledException)
        {
            // Stopped before it was ready.
        }
    }

    private Task AnnounceStoreAsync(LocalStore store)
    {
        var models = store.List();
        Print($"No source: {models.Count} model(s) of {store.Folder}, none managed");
        AnnounceReady(models.Count > 0 ? models[0].Name.ShortName : null);
        return Task.CompletedTask;
    }

    private void AnnounceReady(string? model)
    {
        Print($"Ready after {Stopwatch.GetElapsedTime(_started).TotalMilliseconds:F0} ms");
        Print("Try it:");
        Print($$"""  curl {{options.Listen.ClientUri}}api/chat -d '{"model": "{{model ?? "NAME"}}", "messages": [{"role": "user", "content": "Why is the sky blue?"}], "stream": false}'""");
        SpareMemory.GiveBack();
    }

    private void Print(string line)
    {
        context.Out.WriteLine(line);
        context.Out.Flush();
    }

    private void ConfigureLogs(ILoggingBuilder logs)
    {
        logs.SetMinimumLevel(options.Verbose ? LogLevel.Debug : LogLevel.Information);
        logs.AddFilter("Microsoft", LogLevel.Warning);

        // A start that fails is told in one sentence on the way out, not as a trace as well.
        logs.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logs.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        logs.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
