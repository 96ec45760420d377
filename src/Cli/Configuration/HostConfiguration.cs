using System.Collections.Immutable;
using System.Text;
using ModelOps.Cli.Hosting;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Cli.Configuration;

/// <summary>
/// Finds and reads the configuration file: that of <c>--config</c>, else of <c>MODELOPS_CONFIG</c>, else <c>config.yaml</c> in the state
/// folder when it is there.
/// </summary>
internal static class HostConfiguration
{
    internal const string Variable = "MODELOPS_CONFIG";

    internal const string UsualName = "config.yaml";

    /// <summary>A configuration file is small; another file given by mistake need not be read whole.</summary>
    private const int LargestFile = 1 << 20;

    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Path of the file, absolute; null when none is named and there is none at the usual place.</summary>
    /// <param name="context">Environment and folders.</param>
    /// <param name="given"><c>--config</c>, or null.</param>
    /// <param name="home"><c>--home</c>, or null.</param>
    /// <exception cref="CliException">The name is empty.</exception>
    internal static string? Find(CliContext context, string? given, string? home)
    {
        if (given is not null && string.IsNullOrWhiteSpace(given))
            throw new CliException(ExitCode.Usage, "--config is empty; name the configuration file");
        if ((given ?? new HostEnvironment(context.Environment).Text(Variable)) is { Length: > 0 } named)
            return context.FullPath(named);
        if (home is null && !Path.IsPathRooted(context.UserHome) && context.Environment("MODELOPS_HOME") is null)
            return null;
        var usual = Path.Combine(StateFolder.Of(context, home), UsualName);
        return File.Exists(usual) ? usual : null;
    }

    /// <summary>Its values, and everything that is wrong with it.</summary>
    /// <exception cref="CliException">It cannot be read.</exception>
    internal static (HostFile Values, ImmutableArray<Diagnostic> Problems) Read(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > LargestFile })
                throw new CliException(ExitCode.Usage, $"{path} is larger than 1 MiB, so it is no configuration file");
            var text = s_strictUtf8.GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
            var (values, problems) = SettingFile.Read(text, path, HostSettings.Table);
            var misplaced = values.Values.GetValueOrDefault(HostSettings.Home.Path) is { } home && IsUsualPlace(path, (string)home.Value)
                ? [new Diagnostic("DS1002", Severity.Error, path, home.Place.Span, Circular, "remove it, or name the file with --config")]
                : ImmutableArray<Diagnostic>.Empty;
            return (values, [.. problems, .. misplaced, .. SourceEntries.Check(values, path), .. NotificationEntries.Check(values, path)]);
        }
        catch (DecoderFallbackException error)
        {
            throw new CliException(ExitCode.Usage, $"{path} is not valid UTF-8", error);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException(ExitCode.Usage, $"there is no configuration file {path}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"the configuration file {path} cannot be read: {error.Message.TrimEnd('.')}", error);
        }
    }

    /// <summary>The values of a file that must be right; those of no file when there is none.</summary>
    /// <exception cref="CliException">It cannot be read, or something is wrong with it: all of that is in the message.</exception>
    internal static HostFile Load(string? path)
    {
        if (path is null)
            return HostFile.Empty;
        var (values, problems) = Read(path);
        var errors = problems.Where(problem => problem.Severity == Severity.Error).Select(problem => problem.ToString()).ToArray();
        return errors.Length == 0
            ? values
            : throw new CliException(
                ExitCode.Usage, $"the configuration file has {CountText.Of(errors.Length, "error")}\n{string.Join('\n', errors)}");
    }

    /// <summary>What a server would be started with, without a command line of its own.</summary>
    /// <param name="context">Environment and folders.</param>
    /// <param name="given"><c>--config</c>, or null.</param>
    /// <param name="home"><c>--home</c>, or null.</param>
    /// <exception cref="CliException">Something is wrong with it.</exception>
    internal static ServeOptions Options(CliContext context, string? given, string? home) => new ServeOptionsReader(
        context,
        new HostValues(
            Load(Find(context, given, home)), new HostEnvironment(context.Environment),
            setting => setting.Path == HostSettings.Home.Path && home is not null ? [home] : null)).Read();

    private const string Circular = "home names another folder than the one that this file was found in";

    private static bool IsUsualPlace(string path, string home) =>
        Path.GetFileName(path) == UsualName && Path.GetDirectoryName(path) is { } folder && Path.IsPathRooted(home)
        && Path.GetFullPath(home) != folder;
}
