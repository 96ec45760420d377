using System.CommandLine;
using ModelOps.Cli.Client;
using ModelOps.Cli.Configuration;
using ModelOps.Cli.Hosting;
using ModelOps.Http.Webhooks;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.Commands;

/// <summary>
/// <c>modelops webhook show</c>: what is to be entered at the provider. <c>modelops webhook test</c>: sends the running server a call as
/// the provider would.
/// </summary>
internal static class WebhookCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    internal static Command Create(CliContext context) =>
        new("webhook", "Calls by which a provider says that a source has something new") { Show(context), Test(context) };

    private static Command Show(CliContext context)
    {
        var options = new Options();
        var command = new Command("show", "Show the address and the file of the secret, to be entered at the provider");
        options.AddTo(command);
        command.SetAction(parsed =>
        {
            var (settings, home) = options.Find(context, parsed);
            var receiver = settings.Open(home);
            var server = AddressChoice.OfServer(context, parsed.GetValue(options.Host));
            context.Out.WriteLine($"address  {new Uri(server.ClientUri, WebhookCall.PathOf(receiver))}");
            context.Out.WriteLine($"secret   first line of {settings.SecretFile ?? new WebhookFiles(home).SecretFile(receiver.Source)}");
            context.Out.WriteLine("content  application/json, events: push");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Test(CliContext context)
    {
        var options = new Options();
        var command = new Command("test", "Send the running server a call as the provider would, and tell what came of it");
        options.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (settings, home) = options.Find(context, parsed);
            var call = WebhookCall.Of(settings.Open(home), "test-" + Guid.NewGuid().ToString("N"), context.Time.GetUtcNow());
            using var client = Shared.Connect(context, parsed.GetValue(options.Host));
            var reply = await client.CallAsync(call.Path.TrimStart('/'), call.Headers, call.Body, ReplyShapes.Hint, cancellationToken);
            if (reply["token"] is not { } token)
                throw new CliException(ExitCode.Failed, "the call was taken, and is not about this source");
            var handled = await ControlOptions.HandledAsync(context, client, (string)token!, s_patience, cancellationToken);
            context.Out.WriteLine(SafeText.ForLine($"taken as {handled.Token}; {handled.Message}"));
            return ControlOptions.CodeOf(handled.Outcome);
        });
        return command;
    }

    private sealed class Options
    {
        private readonly Option<string?> _config = Shared.Config();
        private readonly Option<string?> _source = Shared.Source("The source [default: the only one with webhooks]");
        private readonly Option<string?> _home = new("--home") { Description = "State folder [default: as for serve]", HelpName = "DIR" };
        private readonly Option<string?> _provider = new("--provider")
        {
            Description = "Who calls, where only the command line of serve says so [default: as configured]",
            HelpName = "PROVIDER",
        };

        internal Option<string?> Host { get; } = Shared.Host();

        internal void AddTo(Command command)
        {
            foreach (var option in (Option[])[Host, _config, _home, _source, _provider])
                command.Options.Add(option);
        }

        /// <summary>The webhooks that are meant, and the state folder.</summary>
        internal (WebhookSettings Settings, string Home) Find(CliContext context, ParseResult parsed)
        {
            var options = HostConfiguration.Options(context, parsed.GetValue(_config), parsed.GetValue(_home));
            var name = parsed.GetValue(_source);
            if (parsed.GetValue(_provider) is { } provider)
            {
                return (
                    new WebhookSettings(
                        new SourceOptions { Location = "", Name = name ?? SourceOptions.UsualName }, WebhookReader.ProviderOf(provider)),
                    options.Home);
            }

            var found = options.Webhooks.Where(webhook => name is null || webhook.Source.Name == name).ToArray();
            return found is [var only]
                ? (only, options.Home)
                : throw new CliException(
                    ExitCode.Usage,
                    found.Length > 1
                        ? "several sources have webhooks; name one with --source: "
                            + string.Join(", ", found.Select(one => one.Source.Name))
                        : "no such source has webhooks in the configuration; set webhook.provider there, or name it with --provider");
        }
    }
}
