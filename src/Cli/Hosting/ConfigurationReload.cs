using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using ModelOps.Cli.Systemd;
using ModelOps.Reconciler.Reconciling;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.Hosting;

/// <summary>What another look at the configuration file brought.</summary>
/// <param name="Sources">The sources to follow; empty when those of before go on being followed.</param>
/// <param name="Verbose">Log what changes nothing, too.</param>
/// <param name="Changed">What is taken over, a sentence each.</param>
/// <param name="NeedRestart">Settings whose new value counts after a restart only.</param>
internal sealed record ReloadedSettings(
    ImmutableArray<SourceOptions> Sources, bool Verbose, ImmutableArray<string> Changed, ImmutableArray<string> NeedRestart);

/// <summary>
/// Reloads the configuration file on SIGHUP. What may change is taken over, what may not is told, and a file with an error changes nothing.
/// </summary>
/// <param name="read">Reads the file; null when there is none, and then the signal keeps its usual meaning.</param>
/// <param name="level">How much is logged.</param>
internal sealed partial class ConfigurationReload(Func<ReloadedSettings>? read, LogDetail level) : IDisposable
{
    private readonly Lock _turn = new();
    private PosixSignalRegistration? _signal;
    private Reconciliation? _reconciler;
    private ServiceManager? _manager;
    private ILogger? _logger;

    /// <summary>How much is logged.</summary>
    internal LogDetail Level => level;

    /// <summary>Begins to listen for the signal.</summary>
    internal void Watch(ILoggerFactory loggers, Reconciliation? reconciler, ServiceManager manager)
    {
        (_logger, _reconciler, _manager) = (loggers.CreateLogger<ConfigurationReload>(), reconciler, manager);
        if (read is null || OperatingSystem.IsWindows())
            return;
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            Reload();
        });
    }

    /// <summary>Reads the file now.</summary>
    internal void Reload()
    {
        lock (_turn)
        {
            _manager?.Reloading();
            try
            {
                Take(read!());
            }
            catch (Exception error) when (error is CliException or GitSourceException)
            {
                LogRejected(_logger!, error.Message);
                _reconciler?.TellConfiguration(accepted: false, $"the configuration file was not taken over: {error.Message}");
            }
            finally
            {
                _manager?.Ready();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _signal?.Dispose();

    private void Take(ReloadedSettings settings)
    {
        // Sources can still turn out to be nothing that is served; then nothing at all is taken over.
        var followed = _reconciler is null || settings.Sources.IsEmpty
            ? []
            : _reconciler.FollowAsync(settings.Sources, CancellationToken.None).GetAwaiter().GetResult();
        level.Verbose = settings.Verbose;
        ImmutableArray<string> all = [.. followed, .. settings.Changed];
        var changed = all.IsEmpty ? "nothing changed at once" : string.Join(", ", all);
        var told = settings.NeedRestart.IsEmpty
            ? $"configuration reloaded: {changed}"
            : $"configuration reloaded: {changed}; after a restart only: {string.Join(", ", settings.NeedRestart)}";
        if (settings.NeedRestart.IsEmpty)
            LogReloaded(_logger!, told);
        else
            LogNeedsRestart(_logger!, told);
        _reconciler?.TellConfiguration(accepted: true, told);
    }

    [LoggerMessage(LogLevel.Information, "{Told}")]
    private static partial void LogReloaded(ILogger logger, string told);

    [LoggerMessage(LogLevel.Warning, "{Told}")]
    private static partial void LogNeedsRestart(ILogger logger, string told);

    [LoggerMessage(LogLevel.Error, "The configuration file was not taken over, and the settings stay as they are: {Reason}")]
    private static partial void LogRejected(ILogger logger, string reason);
}

/// <summary>How much is logged; may change while the server runs.</summary>
internal sealed class LogDetail(bool verbose)
{
    private volatile bool _verbose = verbose;

    /// <summary>What changes nothing is logged, too.</summary>
    internal bool Verbose
    {
        get => _verbose;
        set => _verbose = value;
    }

    internal bool Allows(LogLevel level) => level >= (_verbose ? LogLevel.Debug : LogLevel.Information);
}
