using System.CommandLine;
using ModelOps.Cli.Configuration;
using ModelOps.Http.Keys;

namespace ModelOps.Cli.Commands;

/// <summary>Which file of keys a verb means: <c>--keys</c>, else as <c>serve</c> would have it.</summary>
internal sealed class KeyFileOptions
{
    private readonly Option<string?> _home = new("--home") { Description = "State folder [default: as for serve]", HelpName = "DIR" };

    private readonly Option<string?> _keys = new("--keys")
    {
        Description = $"File of keys [default: as configured, else '{KeyFile.UsualName}' in the state folder]",
        HelpName = "FILE",
    };

    private readonly Option<string?> _config = Shared.Config();

    internal void AddTo(Command command)
    {
        foreach (var option in (Option[])[_home, _keys, _config])
            command.Options.Add(option);
    }

    /// <exception cref="CliException">No file can be meant.</exception>
    internal KeyFile Open(CliContext context, ParseResult parsed)
    {
        var (home, keys) = (parsed.GetValue(_home), parsed.GetValue(_keys));
        var file = HostConfiguration.Load(HostConfiguration.Find(context, parsed.GetValue(_config), home));
        var values = new HostValues(
            file, new HostEnvironment(context.Environment),
            setting => setting.Path == HostSettings.Home.Path && home is not null ? [home]
                : setting.Path == AccessSettings.Keys.Path && keys is not null ? [keys]
                : null);
        return new KeyFile(new AccessReader(context, values).KeyFile());
    }

    /// <summary>Does something with the file, whose faults end the verb.</summary>
    internal static T Do<T>(Func<T> what)
    {
        try
        {
            return what();
        }
        catch (KeyFileException error)
        {
            throw new CliException(ExitCode.Usage, error.Message, error);
        }
    }

    internal static void Do(Action what) => Do(() =>
    {
        what();
        return true;
    });
}
