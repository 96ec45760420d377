using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using ModelOps.Cli.Client;
using ModelOps.Cli.Systemd;
using ModelOps.Http;
using ModelOps.Http.Keys;
using ModelOps.Http.Listening;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Native;
using ModelOps.Reconciler;
using ModelOps.Reconciler.Forges;
using ModelOps.Reconciler.Notifications;
using ModelOps.Reconciler.Reconciling;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Hosting;
using ModelOps.Runtime.Serving;

namespace ModelOps.Cli.Hosting;

/// <summary>Puts the layers together, serves, and takes everything down in the right order.</summary>
internal sealed class Daemon(CliContext context, ServeOptions options, ConfigurationReload reload)
{
    private readonly MachineEngine _engine = new(options, context.Time);
    private readonly Announcements _announcements = new(context, Stopwatch.GetTimestamp());

    /// <summary>Serves until a signal; 0 after a clean end.</summary>
    internal async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var manager = new ServiceManager(context);
        var http = Listener.Options(options, manager.Sockets);
        if (http.Check() is { } problem)
            throw new CliException(ExitCode.Usage, problem);
        try
        {
            PrepareHome();
            using var held = HomeLock.Acquire(options.Home, Environment.ProcessId);

            // The web host needs a current folder, and this process may have been started in one that is gone.
            if (context.WorkingFolder.Length == 0)
                Directory.SetCurrentDirectory(options.Home);
            EngineLibrary.Check(_engine.Options);
            using var loggers = LoggerFactory.Create(ConfigureLogs);
            return await ServeAsync(http, manager, loggers, cancellationToken);
        }
        catch (StateException error)
        {
            throw new CliException(error.IsHeld ? ExitCode.NotReachable : ExitCode.Usage, error.Message, error);
        }
        catch (EngineUnavailableException error)
        {
            throw new CliException(ExitCode.Usage, error.Message, error);
        }
        catch (Exception error) when (error is KeyFileException or TlsException)
        {
            throw new CliException(ExitCode.Usage, error.Message, error);
        }
        catch (GitSourceException error)
        {
            throw new CliException(ExitCode.Source, error.Message, error);
        }
    }

    private async Task<int> ServeAsync(
        HttpOptions http, ServiceManager manager, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        using var interruption = new Interruption();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, interruption.Token);

        if (options.Access.RequireKeys && FirstKey.Make(options.Access.KeyFile, context.Time) is { } first)
            _announcements.AnnounceKey(first);
        using var keys = new KeyRing(new KeyFile(options.Access.KeyFile), context.Time, loggers.CreateLogger<KeyRing>());
        using var tls = options.Access.Tls is { } files ? new TlsFiles(files, context.Time, loggers.CreateLogger<TlsFiles>()) : null;
        var store = new ServedStore(context, options);
        var models = store.Open(loggers);
        store.Prune(models, _announcements.Print);
        await using var loader = _engine.CreateLoader(loggers);
        await using var host = new ModelHost(models, loader, options.Host, context.Time, loggers);
        using var registry = MachineRegistry.Create(context, options, models);
        var builder = new ModelBuilder(models, registry, _engine.Quantizer) { RemoveUnused = !options.IsManaged && options.Prune };
        using var reconciler = !options.IsManaged ? null : await Reconciliation.CreateAsync(
            new ReconcilerOptions
            {
                Home = options.Home,
                Version = ProductVersion.Text,
                Sources = options.Sources,
                AllowedPaths = options.AllowedPaths,
                Capacity = options.Host,
                StateWritten = CrashPoint.Of(context.Environment),
            },
            models, builder, host, context.Time, Random.Shared, loggers, stop.Token);
        reload.Watch(loggers, reconciler, manager);

        await using var server = HttpServer.Build(http, new HttpDependencies
        {
            Inference = host,
            Runtime = host,
            Store = models,
            Builder = builder,
            Transfer = new MachineRegistry.Transfer(models, registry),
            Probe = _engine.Probe,
            Verified = report => reconciler?.TakeIn(report),
            Keys = keys,
            Tls = tls,
            Time = context.Time,
            Logging = ConfigureLogs,
            Board = reconciler?.Board,
            Chronicle = reconciler?.Chronicle,
            StrictReadiness = options.StrictReadiness,
            Control = reconciler?.Control,
            Audit = reconciler?.Audit,
            Webhooks = [.. options.Webhooks.Select(webhook => webhook.Open(options.Home))],
        });
        Listener.MakeRoom(options.Access.Socket);
        var listen = Listener.Of(options.Listen, manager.Sockets);
        await Listener.StartAsync(server, listen, stop.Token);
        if (listen.Port == 0)
            listen = listen with { Port = new Uri(server.Urls.First()).Port };
        _announcements.Print($"Listening on {listen}{(options.Access.Socket is { } socket ? $" and unix:{socket}" : "")}");
        _announcements.AnnounceAccess(http, keys.Count);
        _announcements.AnnounceMemory(options.Host.MemoryBudget, MachineMemory.Current);
        manager.Ready();

        if (reconciler is not null)
        {
            await ReconcileAsync(reconciler, server, listen, manager, loggers, stop.Token);
            return ExitCode.Done;
        }

        _announcements.AnnounceStore(models, listen);
        manager.Describe(ServiceLine.OfStore(models.List().Count));
        await UntilStoppedAsync(manager, stop.Token);
        await server.StopAsync(CancellationToken.None);
        return ExitCode.Done;
    }

    /// <summary>
    /// Follows the source until the daemon stops. New requests are refused first, running ones end; then reconciling stops.
    /// </summary>
    private async Task ReconcileAsync(
        Reconciliation reconciler, WebApplication server, ServerAddress listen, ServiceManager manager, ILoggerFactory loggers,
        CancellationToken stopping)
    {
        using var reconcile = new CancellationTokenSource();
        using var http = OutsideClient.Create(context);
        var forges = new CommitStatusReporter(
            options.Forges, reconciler.Chronicle, reconciler.Marks, http, context.Time, loggers.CreateLogger<CommitStatusReporter>());
        var notifier = new Notifier(
            options.Notifications, reconciler.Chronicle, reconciler.Marks, options.Home, http, context.Time,
            loggers.CreateLogger<Notifier>());
        var loop = reconciler.Loop.RunAsync(reconcile.Token);
        var told = Task.WhenAll(
            options.Forges.IsEmpty ? Task.CompletedTask : forges.RunAsync(stopping), notifier.RunAsync(stopping));
        var announce = _announcements.AnnounceAsync(
            [.. options.Sources.Select(source => source.Location)], reconciler.Board, listen, stopping);
        var described = ServiceLine.FollowAsync(reconciler.Board, manager, stopping);
        await UntilStoppedAsync(manager, stopping);
        await server.StopAsync(CancellationToken.None);
        await reconcile.CancelAsync();
        await loop;
        await announce;
        await described;
        await told;
    }

    private async Task UntilStoppedAsync(ServiceManager manager, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, stopping);
        }
        catch (OperationCanceledException)
        {
            manager.Stopping();
            _announcements.Print("Stopping: running answers are finished first");
        }
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
                ExitCode.Usage,
                $"{options.Home} cannot be made, or not kept from other users: {error.Message.TrimEnd('.')}; give another folder with "
                + "--home, or make it yours",
                error);
        }
    }

    private void ConfigureLogs(ILoggingBuilder logs) => DaemonLogs.Configure(logs, context, reload.Level);
}
