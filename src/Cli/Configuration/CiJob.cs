using System.Globalization;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Forges;
using ModelOps.Reconciler.Notifications;

namespace ModelOps.Cli.Configuration;

/// <summary>What the environment of a job says of where it runs; each forge has its own variables.</summary>
internal sealed class CiJob(Func<string, string?> environment)
{
    private const string GitHubApi = "GITHUB_API_URL";
    private const string GitHubRepository = "GITHUB_REPOSITORY";
    private const string GitLabApi = "CI_API_V4_URL";
    private const string GitLabProject = "CI_PROJECT_PATH";
    private const string GitLabRequest = "CI_MERGE_REQUEST_IID";
    private const string BitbucketRepository = "BITBUCKET_REPO_FULL_NAME";
    private const string BitbucketRequest = "BITBUCKET_PR_ID";

    /// <summary>The forge that was named, else that of the job; null when neither is known.</summary>
    internal ForgeKind? Kind(string? given) => given switch
    {
        "github" => ForgeKind.GitHub,
        "gitlab" => ForgeKind.GitLab,
        "gitea" or "forgejo" => ForgeKind.Gitea,
        "bitbucket" => ForgeKind.Bitbucket,
        _ when Variable("GITEA_ACTIONS") is not null || Variable("FORGEJO_ACTIONS") is not null => ForgeKind.Gitea,
        _ when Variable(GitHubApi) is not null => ForgeKind.GitHub,
        _ when Variable(GitLabApi) is not null => ForgeKind.GitLab,
        _ when Variable(BitbucketRepository) is not null => ForgeKind.Bitbucket,
        _ => null,
    };

    /// <summary>The pull request that is meant.</summary>
    /// <exception cref="CliException">Something of it is not known, or cannot be used.</exception>
    internal PullRequest Find(string? forge, string? api, string? repository, string? pull)
    {
        var kind = Kind(forge) ?? throw Missing("--forge", "whose interface the forge has");
        var address = api ?? (kind switch
        {
            ForgeKind.GitLab => Variable(GitLabApi),

            // Gitea's jobs have GitHub's variables, with an address of their own in it.
            ForgeKind.GitHub or ForgeKind.Gitea => Variable(GitHubApi),
            _ => null,
        }) ?? ForgeOptions.UsualApi(kind)?.AbsoluteUri ?? throw Missing("--api", "the address of the forge's interface");
        var name = repository ?? Variable(kind switch
        {
            ForgeKind.GitLab => GitLabProject,
            ForgeKind.Bitbucket => BitbucketRepository,
            _ => GitHubRepository,
        }) ?? throw Missing("--repository", "the repository, such as team/models");
        var number = pull ?? (kind switch
        {
            ForgeKind.GitLab => Variable(GitLabRequest),
            ForgeKind.Bitbucket => Variable(BitbucketRequest),
            _ => null,
        }) ?? throw Missing("--pull", "the number of the pull request");
        return new PullRequest(kind, AddressOf(address), name, NumberOf(number));
    }

    private static Uri AddressOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && NotificationOptions.IsPrivate(address)
            ? address
            : throw new CliException(ExitCode.Usage, $"{AddressText.WithoutCredentials(text)} is no https address without a user in it");

    private static int NumberOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new CliException(ExitCode.Usage, "--pull takes the number of a pull request");

    private static CliException Missing(string option, string what) =>
        new(ExitCode.Usage, $"{option} is missing: {what} is not in the environment of this job");

    private string? Variable(string name) => environment(name) is { Length: > 0 } text ? text : null;
}
