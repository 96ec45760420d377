using ModelOps.Cli.Hosting;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.Configuration;

/// <summary>The settings of a running server: read at the start, and again when its file is reloaded.</summary>
/// <param name="context">Folders and environment.</param>
/// <param name="path">The configuration file; null when there is none.</param>
/// <param name="over">Lays the command line and the environment over a file.</param>
internal sealed class HostLayers(CliContext context, string? path, Func<HostFile, HostValues> over)
{
    private const string OfSource = "source.";

    private static readonly string[] s_besidesSources = ["source.webhook.", "source.status."];

    private HostValues _started = over(HostFile.Empty);
    private ServeOptions? _options;
    private HostValues _current = over(HostFile.Empty);

    /// <summary>A reload has something to read.</summary>
    internal bool HasFile => path is not null;

    /// <summary>Reads everything for a start.</summary>
    /// <exception cref="CliException">The file cannot be read, or something is wrong with it.</exception>
    internal ServeOptions Start()
    {
        _current = _started = over(HostConfiguration.Load(path));
        return _options = new ServeOptionsReader(context, _started).Read();
    }

    /// <summary>Reads the file again and takes over what may change while the server runs.</summary>
    /// <exception cref="CliException">The file cannot be read, or something is wrong with it. Nothing was taken over.</exception>
    internal ReloadedSettings Reload()
    {
        var next = over(HostConfiguration.Load(path));

        // Values that could not be started with are refused now, and not at the next start.
        var options = new ServeOptionsReader(context, next).Read();
        // A server that follows git goes on doing so, and one that does not never begins to. What follows sources tells their changes.
        var follows = _options?.IsManaged == true && options.IsManaged;
        bool IsTold(HostSetting setting) => !(follows && IsOfSources(setting));
        var live = HostSettings.All.Where(setting => setting.Live && IsTold(setting) && Differs(setting, _current, next));
        var fixedOnes = HostSettings.All.Where(setting => !setting.Live && IsTold(setting) && Differs(setting, _started, next))
            .Select(setting => setting.Path).ToList();
        if (follows && Beside(_options!) != Beside(options) && !fixedOnes.Exists(IsBesideSources))
            fixedOnes.Add("webhooks and statuses of sources");
        var result = new ReloadedSettings(
            follows ? options.Sources : [], options.Verbose, [.. live.Select(setting => $"{setting.Path} is {next.Show(setting).Text}")],
            [.. fixedOnes]);
        _current = next;
        return result;
    }

    private static bool IsOfSources(HostSetting setting) => setting.Path == SourceEntries.Sources.Path
        || (setting.Path.StartsWith(OfSource, StringComparison.Ordinal) && !IsBesideSources(setting.Path));

    private static bool IsBesideSources(string path) => s_besidesSources.Any(start => path.StartsWith(start, StringComparison.Ordinal));

    /// <summary>What belongs to sources and is set up at the start, as a text that differs when it does.</summary>
    private static string Beside(ServeOptions options) => string.Join(
        '\n',
        options.Webhooks.Select(webhook => $"{webhook with { Source = new SourceOptions { Location = webhook.Source.Location } }} "
            + $"{webhook.Source.Name} {webhook.Source.Branch} {string.Join(' ', webhook.Source.FurtherLocations)}")
            .Concat(options.Forges.Select(forge => forge.ToString())));

    private static bool Differs(HostSetting setting, HostValues before, HostValues after) =>
        before.Show(setting).Text != after.Show(setting).Text;
}
