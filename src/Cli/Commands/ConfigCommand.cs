using System.CommandLine;
using ModelOps.Cli.Configuration;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Cli.Commands;

/// <summary>
/// <c>modelops config check [FILE]</c>: everything that is wrong with a configuration file. <c>modelops config show [FILE]</c>: the
/// settings as they hold, and where each comes from.
/// </summary>
internal static class ConfigCommand
{
    internal static Command Create(CliContext context)
    {
        var action = new Argument<string>("ACTION")
        {
            Description = "check: say all that is wrong with the file; show: each setting as 'serve' has it, and where it comes from",
        };
        action.AcceptOnlyFromAmong("check", "show");
        var file = new Argument<string?>("FILE")
        {
            Description = "Configuration file [default: MODELOPS_CONFIG, else config.yaml in the state folder]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("config", "Check or show the configuration of this machine") { action, file };
        command.SetAction(parsed =>
        {
            var path = HostConfiguration.Find(context, parsed.GetValue(file), home: null);
            return parsed.GetValue(action) == "check" ? Check(context, path) : Show(context, path);
        });
        return command;
    }

    private static int Check(CliContext context, string? path)
    {
        if (path is null)
            throw new CliException(ExitCode.Usage, "there is no configuration file; name one, or set MODELOPS_CONFIG");
        var (values, problems) = HostConfiguration.Read(path);
        foreach (var problem in problems)
            context.Out.WriteLine(problem.ToString());
        if (problems.Any(problem => problem.Severity == Severity.Error))
            return ExitCode.Usage;

        // What only a start would find: sizes, addresses and folders that cannot be used.
        new ServeOptionsReader(context, Alone(context, values)).Read();
        context.Out.WriteLine($"{path}: {CountText.Of(values.Values.Count, "value")}, no error");
        return ExitCode.Done;
    }

    private static int Show(CliContext context, string? path)
    {
        var values = Alone(context, HostConfiguration.Load(path));
        var table = new TextTable("SETTING", "VALUE", "FROM");
        foreach (var setting in HostSettings.All)
        {
            var (text, origin) = values.Show(setting);
            table.Add(setting.Path, AddressText.WithoutCredentials(text), origin);
        }

        context.Out.Write(table.ToText(context.OutColumns));
        return ExitCode.Done;
    }

    /// <summary>The file under the environment, without a command line.</summary>
    private static HostValues Alone(CliContext context, HostFile file) =>
        new(file, new HostEnvironment(context.Environment), _ => null);
}
