using ModelOps.Cli.Configuration;
using ModelOps.Cli.Hosting;
using ModelOps.Http.Webhooks;
using ModelOps.Reconciler.Forges;

namespace ModelOps.Cli.Tests.Configuration;

/// <summary>The settings of signatures, webhooks and forges: what they become, and what is refused.</summary>
public sealed class TrustSettingsTests : IDisposable
{
    private readonly Shell _shell = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-trust-").FullName;

    public void Dispose()
    {
        _shell.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private ServeOptions Read(string source)
    {
        var file = Path.Combine(_folder, "host.yaml");
        File.WriteAllText(file, $"apiVersion: modelops/v1alpha1\nkind: Host\nhome: {_folder}/home\nsource:\n  {source}\n");
        return new ServeOptionsReader(
            _shell.Context(), new HostValues(HostConfiguration.Load(file), new HostEnvironment(_ => null), _ => null)).Read();
    }

    [Theory]
    [InlineData("github", "https://github.com/team/models.git", ForgeKind.GitHub, "https://api.github.com/", "team/models")]
    [InlineData("github", "git@git.example:team/models.git", ForgeKind.GitHub, "https://git.example/api/v3/", "team/models")]
    [InlineData("gitlab", "https://gitlab.com/a/b/c", ForgeKind.GitLab, "https://gitlab.com/api/v4/", "a/b/c")]
    [InlineData("forgejo", "ssh://git@tea.example:2222/team/models.git", ForgeKind.Gitea, "https://tea.example/api/v1/", "team/models")]
    public void Where_states_are_told_comes_from_the_address_of_the_source(
        string forge, string location, object kind, string api, string repository)
    {
        var read = Assert.Single(Read($"location: {location}\n  status: {{ forge: {forge}, tokenFile: t }}").Forges);

        Assert.Equal((kind, api, repository), (read.Kind, read.Api.AbsoluteUri, read.Repository));
        Assert.Equal("modelops", read.Context);
    }

    [Theory]
    [InlineData("location: /models\n  status: { forge: gitea, tokenFile: t, repository: a/b }", "source.status.api is missing")]
    [InlineData("location: /models\n  status: { forge: github, tokenFile: t }", "source.status.repository is missing")]
    [InlineData("location: https://h.example/a/b\n  status: { forge: gitea }", "source.status.tokenFile is missing")]
    [InlineData("location: https://h.example/a/b\n  status: { forge: bitbucket, tokenFile: t }", "source.status.link is missing")]
    [InlineData(
        "location: https://h.example/a/b\n  status: { forge: gitea, tokenFile: t, api: \"http://h.example/api\" }", "is no https address")]
    [InlineData("location: /models\n  verify: { mode: head }", "no keys are named; set verify.keys.ssh or verify.keys.openpgp")]
    [InlineData("location: /models\n  verify: { keys: { ssh: k } }", "keys are named and nothing is verified with them")]
    [InlineData("location: /models\n  verify: { mode: head, keys: { ssh: k } }", "cannot be read")]
    [InlineData("location: /models\n  webhook: { secretFile: s }", "a secret for webhooks is named and not who sends them")]
    public void What_cannot_work_is_refused_at_the_start(string source, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<CliException>(() => Read(source)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_webhook_gets_an_address_and_a_secret_that_stay_and_only_their_user_reads()
    {
        var options = Read("location: git@git.example:team/models.git\n  branch: main\n  webhook: { provider: gitlab }");
        var settings = Assert.Single(options.Webhooks);
        var first = settings.Open(options.Home);
        var again = settings.Open(options.Home);

        Assert.Equal((first.Part, first.Secrets()[0]), (again.Part, again.Secrets()[0]));
        Assert.StartsWith("whsec_", first.Secrets()[0], StringComparison.Ordinal);
        Assert.True(first.Part.Length >= 32);
        Assert.Equal((WebhookProvider.GitLab, "main"), (first.Provider, first.Branch));
        Assert.Equal(["git@git.example:team/models.git"], first.Addresses);
        foreach (var kept in Directory.GetFiles(Path.Combine(options.Home, "webhooks")))
        {
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kept));
        }

        // A file that is gone for a moment, as while it is written anew, leaves the secrets of before; a new first line counts at once.
        var file = new WebhookFiles(options.Home).SecretFile("main");
        var before = File.ReadAllText(file);
        File.WriteAllText(file, "short\n");
        Assert.Equal(before.Trim(), Assert.Single(first.Secrets()));
        File.WriteAllText(file, new string('n', 32) + "\n" + before);
        Assert.Equal(2, first.Secrets().Length);
    }
}
