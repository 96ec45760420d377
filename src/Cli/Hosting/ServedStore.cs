using Microsoft.Extensions.Logging;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Storage;
using ModelOps.ModelStore.Verification;

namespace ModelOps.Cli.Hosting;

/// <summary>The store that the daemon serves.</summary>
internal sealed class ServedStore(CliContext context, ServeOptions options)
{
    private static readonly TimeSpan s_keptForRepository = TimeSpan.FromDays(14);

    /// <summary>Opens it where it was named, else in the home folder.</summary>
    /// <exception cref="CliException">Its folder cannot be used.</exception>
    internal LocalStore Open(ILoggerFactory loggers)
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

    /// <summary>
    /// Removes what no model needs. Blobs of models that git no longer names are kept for the default time of a models repository.
    /// </summary>
    internal void Prune(LocalStore store, Action<string> print)
    {
        var garbage = !options.IsManaged ? new GarbageOptions() : new GarbageOptions { Grace = s_keptForRepository };
        var report = new GarbageCollector(store, context.Time).PruneAtStart(options.Prune ? garbage : null);
        if (report.Items.Length > 0)
            print($"Removed {CountText.Of(report.Items.Length, "file")} that no model needs, {HumanText.Bytes(report.Bytes)}");
        if (report.Reason.Length > 0)
            context.Error.WriteLine($"Warning: {report.Reason}");
    }
}
