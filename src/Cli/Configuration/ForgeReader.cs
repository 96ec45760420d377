using ModelOps.Reconciler.Forges;
using ModelOps.Reconciler.Notifications;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.Configuration;

/// <summary>The settings of where it is told what became of the commits of one source.</summary>
internal sealed class ForgeReader(CliContext context, HostValues values)
{
    /// <summary>Null where it is told nowhere.</summary>
    /// <exception cref="CliException">They cannot be used.</exception>
    internal ForgeOptions? Read(SourceOptions source)
    {
        if (values.Text(SourceSettings.StatusForge) is not { } word)
            return null;
        var kind = word switch
        {
            "github" => ForgeKind.GitHub,
            "gitlab" => ForgeKind.GitLab,
            "bitbucket" => ForgeKind.Bitbucket,
            _ => ForgeKind.Gitea,
        };
        var place = PlaceOf(source.Location);
        var link = values.Text(SourceSettings.StatusLink) is { } page ? Address(SourceSettings.StatusLink, page) : null;
        if (kind == ForgeKind.Bitbucket && link is null)
            throw Missing(SourceSettings.StatusLink);
        return new ForgeOptions(
            source.Name, kind, ApiOf(kind, place?.Host),
            values.Text(SourceSettings.StatusRepository) ?? place?.Path ?? throw Missing(SourceSettings.StatusRepository),
            values.Text(SourceSettings.StatusTokenFile) is { } file
                ? context.FullPath(file)
                : throw Missing(SourceSettings.StatusTokenFile))
        {
            Context = values.Text(SourceSettings.StatusContext) ?? "modelops",
            Link = link,
        };
    }

    /// <summary>Host and path of an address, as <c>https://host/team/models.git</c> or <c>git@host:team/models.git</c>.</summary>
    private static (string Host, string Path)? PlaceOf(string address)
    {
        var text = address.EndsWith(".git", StringComparison.Ordinal) ? address[..^4] : address;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0)
            return (uri.Host, uri.AbsolutePath.Trim('/'));
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && !text[..colon].Contains('/', StringComparison.Ordinal)
            ? (text[(text.IndexOf('@', StringComparison.Ordinal) + 1)..colon], text[(colon + 1)..].Trim('/'))
            : null;
    }

    private Uri ApiOf(ForgeKind kind, string? host)
    {
        if (values.Text(SourceSettings.StatusApi) is { } given)
            return Address(SourceSettings.StatusApi, given);
        return (kind, host) switch
        {
            (ForgeKind.GitHub, null or "github.com") => ForgeOptions.UsualApi(kind)!,
            (ForgeKind.GitHub, _) => new Uri($"https://{host}/api/v3/"),
            (ForgeKind.GitLab, not null) => new Uri($"https://{host}/api/v4/"),
            (ForgeKind.Gitea, not null) => new Uri($"https://{host}/api/v1/"),
            _ => ForgeOptions.UsualApi(kind) ?? throw Missing(SourceSettings.StatusApi),
        };
    }

    /// <summary>A token goes there, so nobody may read along; on this machine nobody does.</summary>
    private static Uri Address(HostSetting setting, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && NotificationOptions.IsPrivate(uri)
            ? uri
            : throw new CliException(ExitCode.Usage, $"{setting.Path} '{text}' is no https address without a user in it");

    private static CliException Missing(HostSetting setting) =>
        new(ExitCode.Usage, $"{setting.Path} is missing: states of commits cannot be told without it");
}
