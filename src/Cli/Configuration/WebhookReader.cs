using ModelOps.Cli.Hosting;
using ModelOps.Http.Webhooks;
using ModelOps.Reconciler.Sources;

namespace ModelOps.Cli.Configuration;

/// <summary>The settings of the webhooks of one source.</summary>
internal sealed class WebhookReader(CliContext context, HostValues values)
{
    /// <summary>Null where it has none.</summary>
    /// <exception cref="CliException">They cannot be used.</exception>
    internal WebhookSettings? Read(SourceOptions source)
    {
        if (values.Text(SourceSettings.WebhookProvider) is not { } word)
        {
            return values.Text(SourceSettings.WebhookSecretFile) is null ? null : throw new CliException(
                ExitCode.Usage, $"a secret for webhooks is named and not who sends them; set {SourceSettings.WebhookProvider.Path}");
        }

        return new WebhookSettings(source, ProviderOf(word))
        {
            SecretFile = values.Text(SourceSettings.WebhookSecretFile) is { } file ? context.FullPath(file) : null,
            Header = values.Text(SourceSettings.WebhookHeader),
        };
    }

    /// <exception cref="CliException">It is none of the words.</exception>
    internal static WebhookProvider ProviderOf(string word) => word switch
    {
        "github" => WebhookProvider.GitHub,
        "gitlab" => WebhookProvider.GitLab,
        "gitlab-token" => WebhookProvider.GitLabToken,
        "gitea" => WebhookProvider.Gitea,
        "forgejo" => WebhookProvider.Forgejo,
        "bitbucket" => WebhookProvider.Bitbucket,
        "generic" => WebhookProvider.Generic,
        _ => throw new CliException(
            ExitCode.Usage, $"'{word}' is no provider; write github, gitlab, gitlab-token, gitea, forgejo, bitbucket or generic"),
    };
}
