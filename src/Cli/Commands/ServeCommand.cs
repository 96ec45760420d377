using System.CommandLine;
using ModelOps.Cli.Configuration;
using ModelOps.Cli.Hosting;

namespace ModelOps.Cli.Commands;

/// <summary><c>modelops serve [SOURCE]</c>: the daemon. Its options are the settings that have a flag.</summary>
internal static class ServeCommand
{
    internal static Command Create(CliContext context)
    {
        var source = new Argument<string?>("SOURCE")
        {
            Description =
                "Git URL, bare repository, work tree (its HEAD is served) or folder inside one; without it the store is served as it is",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var config = Shared.Config();
        var command = new Command("serve", "Serve models: those of a git repository, or those of the store") { source, config };
        command.Aliases.Add("start");
        var flags = new HostFlags(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var home = flags.Given(parsed, HostSettings.Home) is [.., var folder] ? folder : null;
            var path = HostConfiguration.Find(context, parsed.GetValue(config), home);
            var layers = new HostLayers(
                context,
                path,
                file => new HostValues(
                    file,
                    new HostEnvironment(context.Environment),
                    setting => setting.Path == SourceSettings.Location.Path
                        ? parsed.GetValue(source) is { } location ? [location] : null
                        : flags.Given(parsed, setting)));
            var options = layers.Start();
            using var reload = new ConfigurationReload(layers.HasFile ? layers.Reload : null, new LogDetail(options.Verbose));
            return await new Daemon(context, options, reload).RunAsync(cancellationToken);
        });
        return command;
    }
}
