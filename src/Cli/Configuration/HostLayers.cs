using ModelOps.Cli.Hosting;

namespace ModelOps.Cli.Configuration;

/// <summary>The settings of a running server: read at the start, and again when its file is reloaded.</summary>
/// <param name="context">Folders and environment.</param>
/// <param name="path">The configuration file; null when there is none.</param>
/// <param name="over">Lays the command line and the environment over a file.</param>
internal sealed class HostLayers(CliContext context, string? path, Func<HostFile, HostValues> over)
{
    private HostValues _started = over(HostFile.Empty);
    private HostValues _current = over(HostFile.Empty);

    /// <summary>A reload has something to read.</summary>
    internal bool HasFile => path is not null;

    /// <summary>Reads everything for a start.</summary>
    /// <exception cref="CliException">The file cannot be read, or something is wrong with it.</exception>
    internal ServeOptions Start()
    {
        _current = _started = over(HostConfiguration.Load(path));
        return new ServeOptionsReader(context, _started).Read();
    }

    /// <summary>Reads the file again and takes over what may change while the server runs.</summary>
    /// <exception cref="CliException">The file cannot be read, or something is wrong with it. Nothing was taken over.</exception>
    internal ReloadedSettings Reload()
    {
        var next = over(HostConfiguration.Load(path));

        // Values that could not be started with are refused now, and not at the next start.
        var options = new ServeOptionsReader(context, next).Read();
        var live = HostSettings.All.Where(setting => setting.Live && Differs(setting, _current, next));
        var fixedOnes = HostSettings.All.Where(setting => !setting.Live && Differs(setting, _started, next));
        var result = new ReloadedSettings(
            next.Text(SourceSettings.Location) is null ? null : (options.Sources[0].Name, options.Sources[0].PollInterval),
            options.Verbose,
            [.. live.Select(setting => $"{setting.Path} is {next.Show(setting).Text}")],
            [.. fixedOnes.Select(setting => setting.Path)]);
        _current = next;
        return result;
    }

    private static bool Differs(HostSetting setting, HostValues before, HostValues after) =>
        before.Show(setting).Text != after.Show(setting).Text;
}
