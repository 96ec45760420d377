using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Cli.Configuration;

/// <summary>
/// The list <c>sources</c>: several sources of desired state in one daemon. An entry has the settings of <c>source</c> without that word
/// before them, and a few of its own.
/// </summary>
internal static class SourceEntries
{
    private static readonly HostSetting<string> s_url = SourceSettings.Location with
    {
        Key = "url",
        Text = "Git URL, bare repository, work tree or folder inside one",
    };

    internal static HostSetting<ImmutableArray<string>> Urls { get; } = HostRow.List(
        "source.urls", "Addresses of one repository, in order of preference: each is asked where those before do not answer",
        "Its address.") with
    {
        Key = "urls",
    };

    internal static HostSetting<ImmutableArray<string>> Models { get; } = HostRow.List(
        "source.models", "Names that it may declare; * and ? stand for anything. Others are refused", "A name, or a pattern of names.") with
    {
        Key = "models",
        Otherwise = "every name",
    };

    internal static HostSetting<string> Prefix { get; } = HostRow.Text(
        "source.prefix", "What every name that it declares must begin with") with
    {
        Key = "prefix",
    };

    internal static HostSetting<bool> Suspend { get; } = HostRow.Value(
        "source.suspend", "Do not look at it and apply nothing of it; what is served goes on being served", new SwitchKind()) with
    {
        Key = "suspend",
        Otherwise = "false",
    };

    /// <summary>What one entry may hold; its values are kept by their paths below <c>source</c>.</summary>
    internal static SettingTable<HostFile> Table { get; } = new(
        HostFile.Empty,
        [
            new SettingGroup("", "One of several sources of desired state.") { OneOf = ["url", "urls"] },
            new SettingGroup("verify", "Whose signatures its commits must have."),
            new SettingGroup("verify.keys", "Who is trusted: files outside of the repository."),
            new SettingGroup("webhook", "Who may say that it has something new."),
            new SettingGroup("status", "Where it is told what became of its commits."),
        ],
        [
            (SourceSettings.Name with { Key = "name", Kind = EntryNames.Kind, Required = true, Flag = null }).Row,
            s_url.Row,
            Urls.Row,
            .. SourceSettings.All.Where(setting => setting.Path is not ("source.location" or "source.remotes" or "source.name"))
                .Select(setting => (setting with { Key = setting.Path["source.".Length..], Flag = null, Live = false }).Row),
            Models.Row,
            Prefix.Row,
            Suspend.Row,
        ]);

    internal static HostSetting<ImmutableArray<HostFile>> Sources { get; } = HostRow.Value(
        "sources", "Several sources of desired state, each accepted and served on its own",
        new ListKind<HostFile>(new RecordKind<HostFile>(Table), "A source.")) with
    {
        Otherwise = "the one of source",
    };

    /// <summary>What is wrong between entries, and between the settings of one.</summary>
    internal static IEnumerable<Diagnostic> Check(HostFile values, string file)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        if (values.Values.GetValueOrDefault(SourceSettings.Location.Path) is { } location)
            lines[NameOf(values) ?? "main"] = location.Place.Span.Line;
        foreach (var entry in Of(values))
        {
            if (NameOf(entry) is { } name && !lines.TryAdd(name, PlaceOf(entry).Line))
            {
                yield return new Diagnostic(
                    "DS1003", Severity.Error, file, PlaceOf(entry), $"the source '{name}' stands here twice, first in line {lines[name]}",
                    "give one of them another name");
            }

            var choices = new[] { SourceSettings.Branch, SourceSettings.Tag, SourceSettings.Commit }
                .Where(setting => entry.Values.ContainsKey(setting.Path)).ToArray();
            if (choices.Length > 1)
            {
                yield return new Diagnostic(
                    "DS1012", Severity.Error, file, entry.Values[choices[1].Path].Place.Span,
                    $"source {NameOf(entry)} has both {string.Join(" and ", choices.Select(choice => choice.Path["source.".Length..]))}",
                    "give at most one");
            }
        }
    }

    internal static ImmutableArray<HostFile> Of(HostFile values) =>
        values.Values.GetValueOrDefault(Sources.Path)?.Value is ImmutableArray<HostFile> entries ? entries : [];

    internal static string? NameOf(HostFile entry) => entry.Values.GetValueOrDefault(SourceSettings.Name.Path)?.Value as string;

    /// <summary>Where an entry stands: its name.</summary>
    internal static SourceSpan PlaceOf(HostFile entry) => entry.Values[SourceSettings.Name.Path].Place.Span;
}
