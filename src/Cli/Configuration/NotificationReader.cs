using System.Collections.Frozen;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Notifications;

namespace ModelOps.Cli.Configuration;

/// <summary>The settings of one receiver of notifications.</summary>
internal sealed class NotificationReader(CliContext context, HostValues values)
{
    /// <exception cref="CliException">They cannot be used.</exception>
    internal NotificationOptions Read()
    {
        var name = values.Text(NotificationEntries.Name)!;
        var format = values.Text(NotificationEntries.Format) switch
        {
            "slack" => NotificationFormat.Slack,
            "matrix" => NotificationFormat.Matrix,
            _ => NotificationFormat.CloudEvents,
        };
        var kinds = values.FileOr(NotificationEntries.Events, []);
        return new NotificationOptions(name, format)
        {
            Address = values.Text(NotificationEntries.Url) is { } url ? Address(name, url) : null,
            AddressFile = File(NotificationEntries.UrlFile),
            SecretFile = Only(NotificationEntries.SecretFile, NotificationFormat.CloudEvents) is { } secrets
                ? context.FullPath(secrets)
                : null,
            TokenFile = Only(NotificationEntries.TokenFile, NotificationFormat.Matrix) is { } token ? context.FullPath(token) : null,
            Room = Only(NotificationEntries.Room, NotificationFormat.Matrix),
            OncePerRevision = values.Text(NotificationEntries.OncePer) == "revision",
            Filter = new NotificationFilter
            {
                Kinds = kinds.ToFrozenSet(),
                Least = values.Text(NotificationEntries.Least) switch
                {
                    "info" => Severity.Info,
                    "warning" => Severity.Warning,
                    "error" => Severity.Error,
                    _ => kinds.IsEmpty ? Severity.Warning : Severity.Info,
                },
                Sources = values.FileOr(NotificationEntries.Sources, []),
                Models = values.FileOr(NotificationEntries.Models, []),
            },
        };

        // What one format needs it must have, and another one has no use for.
        string? Only(HostSetting<string> setting, NotificationFormat user)
        {
            var text = values.Text(setting);
            if (text is null == (format == user))
            {
                throw new CliException(
                    ExitCode.Usage,
                    text is null
                        ? $"the receiver {name} of notifications has no {setting.Key}: {setting.Text.Split(';')[0]}"
                        : $"the receiver {name} of notifications has a {setting.Key}, which only the format {Word(user)} uses");
            }

            return text;
        }
    }

    private static string Word(NotificationFormat format) => format == NotificationFormat.Matrix ? "matrix" : "cloudevents";

    private string? File(HostSetting<string> setting) => values.Text(setting) is { } file ? context.FullPath(file) : null;

    private static Uri Address(string name, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && NotificationOptions.IsPrivate(address)
            ? address
            : throw new CliException(
                ExitCode.Usage, $"the url of the receiver {name} of notifications is no https address without a user in it");
}
