using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Settings;
using ModelOps.Reconciler.State;

namespace ModelOps.Cli.Configuration;

/// <summary>The list <c>notifications</c>: who outside hears of what happens.</summary>
internal static class NotificationEntries
{
    internal static HostSetting<string> Name { get; } = HostRow.Text(
        "notification.name", "What the receiver is called here; what it was told is remembered by that", EntryNames.Kind) with
    {
        Key = "name",
        Required = true,
    };

    internal static HostSetting<string> Format { get; } = HostRow.Text(
        "notification.format",
        "What it understands: CloudEvents in signed webhooks, texts as Slack takes them, or notices in a Matrix room",
        HostRow.Words("cloudevents", "slack", "matrix")) with
    {
        Key = "format",
        Otherwise = "cloudevents",
    };

    internal static HostSetting<string> Url { get; } = HostRow.Text(
        "notification.url", "Its address, https; of a Matrix room that of the server") with
    {
        Key = "url",
    };

    internal static HostSetting<string> UrlFile { get; } = HostRow.Text(
        "notification.urlFile", "File whose first line is the address, where that is a secret; read for each message") with
    {
        Key = "urlFile",
    };

    internal static HostSetting<string> SecretFile { get; } = HostRow.Text(
        "notification.secretFile",
        "Secrets that CloudEvents are signed with, one a line of at least 32 characters; each signs, so that one can be replaced") with
    {
        Key = "secretFile",
    };

    internal static HostSetting<string> TokenFile { get; } = HostRow.Text(
        "notification.tokenFile", "File whose first line is the access token of the Matrix account; read for each message") with
    {
        Key = "tokenFile",
    };

    internal static HostSetting<string> Room { get; } = HostRow.Text(
        "notification.room", "Id of the Matrix room, such as !abc:example.org") with
    {
        Key = "room",
    };

    internal static HostSetting<ImmutableArray<EventKind>> Events { get; } = HostRow.Value(
        "notification.events", "Only these kinds of events",
        new ListKind<EventKind>(
            new WordKind<EventKind>([.. Enum.GetValues<EventKind>().Select(kind => (kind.ToString(), kind))]), "A kind.")) with
    {
        Key = "events",
        Otherwise = "every kind",
    };

    internal static HostSetting<string> Least { get; } = HostRow.Text(
        "notification.severity", "Only what is as bad as that, or worse", HostRow.Words("info", "warning", "error")) with
    {
        Key = "severity",
        Otherwise = "info with events, else warning",
    };

    internal static HostSetting<ImmutableArray<string>> Sources { get; } = HostRow.List(
        "notification.sources", "Only what is about these sources, or about none", "Name of a source.") with
    {
        Key = "sources",
        Otherwise = "every source",
    };

    internal static HostSetting<ImmutableArray<string>> Models { get; } = HostRow.List(
        "notification.models", "Only what is about models of these names; * and ? stand for anything",
        "A name, or a pattern of names.") with
    {
        Key = "models",
        Otherwise = "every model, and what is about none",
    };

    internal static HostSetting<string> OncePer { get; } = HostRow.Text(
        "notification.oncePer", "How often it hears the same: of every event, or of one kind, model and revision once",
        HostRow.Words("event", "revision")) with
    {
        Key = "oncePer",
        Otherwise = "event",
    };

    /// <summary>What one entry may hold.</summary>
    internal static SettingTable<HostFile> Table { get; } = new(
        HostFile.Empty,
        [new SettingGroup("", "Who outside hears of what happens.") { OneOf = ["url", "urlFile"] }],
        [
            Name.Row, Format.Row, Url.Row, UrlFile.Row, SecretFile.Row, TokenFile.Row, Room.Row, Events.Row, Least.Row, Sources.Row,
            Models.Row, OncePer.Row,
        ]);

    internal static HostSetting<ImmutableArray<HostFile>> Notifications { get; } = HostRow.Value(
        "notifications", "Who outside hears of what happens", new ListKind<HostFile>(new RecordKind<HostFile>(Table), "A receiver.")) with
    {
        Otherwise = "nobody",
    };

    /// <summary>What is wrong between entries.</summary>
    internal static IEnumerable<Diagnostic> Check(HostFile values, string file)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in Of(values))
        {
            if (entry.Values.GetValueOrDefault(Name.Path) is { Value: string name, Place.Span: var place }
                && !lines.TryAdd(name, place.Line))
            {
                yield return new Diagnostic(
                    "DS1003", Severity.Error, file, place,
                    $"the receiver '{name}' stands here twice, first in line {lines[name]}", "give one of them another name");
            }
        }
    }

    internal static ImmutableArray<HostFile> Of(HostFile values) =>
        values.Values.GetValueOrDefault(Notifications.Path)?.Value is ImmutableArray<HostFile> entries ? entries : [];
}
