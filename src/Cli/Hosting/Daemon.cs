using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using ModelOps.Cli.Client;
using ModelOps.Cli.Output;
using ModelOps.Http;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Native;
using ModelOps.ModelStore.Storage;
using ModelOps.ModelStore.Verification;
using ModelOps.Reconciler;
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
            PrepareHome();
            using var held = HomeLock.Acquire(options.Home, Environment.ProcessId);

            // The web host will have a current folder, and this process may have been started in one that is gone.
            if (context.WorkingFolder.Length == 0)
                Directory.SetCurrentDirectory(options.Home);
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
        using var interruption = new Interruption();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, interruption.Token);

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
        var listen = options.Listen.Port > 0 ? options.Listen : options.Listen with { Port = new Uri(server.Urls.First()).Port };
        Print($"Listening on {listen}");

        using var reconcile = new CancellationTokenSource();
        var loop = parts?.Loop.RunAsync(reconcile.Token) ?? Task.CompletedTask;
        var announce = parts is null ? AnnounceStoreAsync(store, listen) : AnnounceAsync(parts.Board, listen, stop.Token);
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

    /// <summary>What is kept here is for this user only, whatever git, workers and the database make of it.</summary>
    private void PrepareHome()
    {
        OwnProcess.KeepFilesPrivate();
        try
        {
            if (StateFolder.Prepare(options.Home, withStore: options.Store is null) is { } before)
                context.Error.WriteLine(StateFolder.Narrowed(options.Home, before));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(
                ExitCode.Usage, $"{options.Home} cannot be made, or not kept from other users: {error.Message.TrimEnd('.')}; give another folder with --home, or make it yours", error);
        }
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
            Print($"Removed {CountText.Of(report.Items.Length, "file")} that no model needs, {HumanText.Bytes(report.Bytes)}");
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
        catch (Exception error) when (error is IOException or SocketException)
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

    private async Task AnnounceAsync(StatusBoard board, ServerAddress listen, CancellationToken cancellationToken)
    {
        try
        {
            Print($"Source {options.Source!.Location}");
            var status = await board.WaitForAsync(status => status.Ready || status.LastError is not null || status.Source?.Error is not null, cancellationToken);
            if (!status.Ready)
            {
                context.Error.Write(StatusText.Of(status, context.Time.GetUtcNow(), context.ErrorIsTerminal ? context.TerminalSize().Columns : int.MaxValue) + "\n");
                status = await board.WaitForAsync(status => status.Ready, cancellationToken);
            }

            Print($"Revision {status.Source?.Applied} {status.Source?.Subject}");
            foreach (var model in status.Models)
                Print($"Model {ShownWords.Name(model.Name)}: build {model.ServedBuild?[..12]}, {ShownWords.Of(model.Residency)}{(model.Resident ? ", in memory" : "")}");
            AnnounceReady(status.Models.FirstOrDefault() is { } first ? ShownWords.Name(first.Name) : null, listen);
        }
        catch (OperationCanceledException)
        {
            // Stopped before it was ready.
        }
    }

    private Task AnnounceStoreAsync(LocalStore store, ServerAddress listen)
    {
        var models = store.List();
        Print($"No source: {CountText.Of(models.Count, "model")} of {store.Folder}, none managed");
        AnnounceReady(models.Count > 0 ? models[0].Name.PlainName : null, listen);
        return Task.CompletedTask;
    }

    private void AnnounceReady(string? model, ServerAddress listen)
    {
        Print($"Ready after {Stopwatch.GetElapsedTime(_started).TotalMilliseconds:F0} ms");
        Print("Try it:");
        Print($$"""  curl {{listen.ClientUri}}api/chat -d '{"model": "{{model ?? "NAME"}}", "messages": [{"role": "user", "content": "Why is the sky blue?"}], "stream": false}'""");
        SpareMemory.GiveBack();
    }

    // A server serves on when nobody hears what it announces.
    private void Print(string line)
    {
        using var writer = new UnfailingWriter(context.Out);
        writer.WriteLine(SafeText.ForLine(line));
        writer.Flush();
    }

    private void ConfigureLogs(ILoggingBuilder logs)
    {
        logs.SetMinimumLevel(options.Verbose ? LogLevel.Debug : LogLevel.Information);
        logs.AddFilter("Microsoft", LogLevel.Warning);

        // A start that fails is told in one sentence on the way out, not as a trace as well.
        logs.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logs.AddConsole(console =>
        {
            console.FormatterName = LogLine.FormatterName;
            console.LogToStandardErrorThreshold = LogLevel.Trace;
        });
        logs.Services.AddSingleton<ConsoleFormatter>(new LogLine(context.Time, context.ErrorIsTerminal && string.IsNullOrEmpty(context.Environment("NO_COLOR"))));
    }
}
