using System.CommandLine;
using ModelOps.Cli.Configuration;
using ModelOps.Cli.Hosting;
using ModelOps.Cli.Output;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Notifications;

namespace ModelOps.Cli.Commands;

/// <summary>
/// <c>modelops notifications list</c>: who outside is told. <c>modelops notifications test</c>: sends one of them a try, from here.
/// </summary>
internal static class NotificationsCommand
{
    internal static Command Create(CliContext context) =>
        new("notifications", "Who outside hears of what happens") { List(context), Test(context) };

    private static Command List(CliContext context)
    {
        var options = new Options();
        var command = new Command("list", "List the receivers, and how many notifications each did not take");
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var settings = options.Read(context, parsed);
            var table = new TextTable("NAME", "FORMAT", "TO", "HEARS OF", "NOT TAKEN");
            foreach (var receiver in settings.Notifications)
            {
                table.Add(
                    receiver.Name, receiver.Format.ToString(), receiver.Address?.Host ?? $"the address in {receiver.AddressFile}",
                    What(receiver.Filter),
                    Notifier.Undelivered(settings.Home, receiver.Name).ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            context.Out.Write(table.ToText(context.OutColumns));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Test(CliContext context)
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "The receiver [default: the only one]",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var options = new Options();
        var command = new Command("test", "Send a receiver a try, once, and tell what came of it") { name };
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var receiver = Find(options.Read(context, parsed), parsed.GetValue(name));
            using var http = OutsideClient.Create(context);
            if (await Notifier.TryAsync(receiver, http, context.Time, cancellationToken) is { } problem)
                throw new CliException(ExitCode.Failed, SafeText.ForLine($"{receiver.Name} did not take it: {problem}"));
            context.Out.WriteLine($"{receiver.Name} took it");
            return ExitCode.Done;
        });
        return command;
    }

    private static NotificationOptions Find(ServeOptions settings, string? name)
    {
        var found = settings.Notifications.Where(receiver => name is null || receiver.Name == name).ToArray();
        if (found is [var only])
            return only;
        var known = string.Join(", ", settings.Notifications.Select(receiver => receiver.Name));
        throw new CliException(
            ExitCode.Usage,
            known.Length == 0 ? "the configuration names no receiver of notifications; see 'notifications' in it"
                : name is null ? $"there are several receivers; name one of {known}"
                : $"there is no receiver {ShownWords.Name(name)}; there are {known}");
    }

    private static string What(NotificationFilter filter) =>
        filter.Kinds.Count > 0 ? string.Join(", ", filter.Kinds.Order().Select(kind => kind.ToString()))
        : filter.Least == Severity.Info ? "everything"
        : filter.Least == Severity.Error ? "errors"
        : "errors and warnings";

    private sealed class Options
    {
        private readonly Option<string?> _config = Shared.Config();
        private readonly Option<string?> _home = new("--home") { Description = "State folder [default: as for serve]", HelpName = "DIR" };

        internal void AddTo(Command command)
        {
            command.Options.Add(_config);
            command.Options.Add(_home);
        }

        internal ServeOptions Read(CliContext context, ParseResult parsed) =>
            HostConfiguration.Options(context, parsed.GetValue(_config), parsed.GetValue(_home));
    }
}
