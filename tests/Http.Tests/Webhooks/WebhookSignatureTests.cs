using System.Collections.Immutable;
using System.Text;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Webhooks;

namespace ModelOps.Http.Tests.Webhooks;

/// <summary>The examples that providers publish, and what must not pass beside them.</summary>
public sealed class WebhookSignatureTests
{
    private const string Secret = "It's a Secret to Everybody";
    private const string Hello = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    private const string HelloThere = "a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9";
    private const string StandardSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string StandardBody = """{"test": 2432232314}""";
    private const string StandardId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string StandardSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private static readonly DateTimeOffset s_standardTime = DateTimeOffset.FromUnixTimeSeconds(1614265330);

    private static bool IsGood(
        WebhookProvider provider, string body, IEnumerable<string> secrets, DateTimeOffset now,
        params (string Name, string Value)[] headers)
    {
        var options = new WebhookOptions("main", provider, "part") { Secrets = () => [] };
        var dictionary = new HeaderDictionary();
        foreach (var (name, value) in headers)
            dictionary.Append(name, value);
        return WebhookSignature.IsGood(options, dictionary, Encoding.UTF8.GetBytes(body), [.. secrets], now);
    }

    [Theory]
    [InlineData(WebhookProvider.GitHub, "X-Hub-Signature-256", "Hello, World!", "sha256=" + Hello)]
    [InlineData(WebhookProvider.Bitbucket, "X-Hub-Signature", "Hello World!", "sha256=" + HelloThere)]
    [InlineData(WebhookProvider.Gitea, "X-Gitea-Signature", "Hello, World!", Hello)]
    [InlineData(WebhookProvider.Forgejo, "X-Forgejo-Signature", "Hello, World!", Hello)]
    [InlineData(WebhookProvider.Generic, "X-Hub-Signature-256", "Hello, World!", "sha256=" + Hello)]
    public void A_published_example_passes_and_nothing_beside_it(WebhookProvider provider, string header, string body, string signature)
    {
        bool Try(string text, string secret, params (string, string)[] headers) =>
            IsGood(provider, text, ["an older secret that is still known", secret], DateTimeOffset.UnixEpoch, headers);

        Assert.True(Try(body, Secret, (header, signature)));
        Assert.False(Try(body + " ", Secret, (header, signature)));
        Assert.False(Try(body, Secret + "!", (header, signature)));
        Assert.False(Try(body, Secret, (header, signature[..^1])));
        Assert.False(Try(body, Secret, (header, signature + "0")));
        Assert.False(Try(body, Secret, (header, signature.Replace("sha256=", "sha1=", StringComparison.Ordinal) + "x")));
        Assert.False(Try(body, Secret, (header, "")));
        Assert.False(Try(body, Secret));
        Assert.False(Try(body, Secret, (header, signature), (header, signature)));
        Assert.False(Try(body, Secret, ("X-Other-Signature", signature)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(299, true)]
    [InlineData(301, false)]
    [InlineData(-299, true)]
    [InlineData(-301, false)]
    public void A_standard_webhook_passes_within_five_minutes_of_its_time(int seconds, bool isGood)
    {
        var now = s_standardTime.AddSeconds(seconds);
        (string, string)[] headers =
        [
            ("webhook-id", StandardId), ("webhook-timestamp", "1614265330"), ("webhook-signature", StandardSignature),
        ];

        Assert.Equal(isGood, IsGood(WebhookProvider.GitLab, StandardBody, [StandardSecret], now, headers));
    }

    [Fact]
    public void A_standard_webhook_may_be_signed_with_several_secrets_and_signs_id_and_time()
    {
        bool Try(string id, string time, string signature) => IsGood(
            WebhookProvider.GitLab, StandardBody, ["whsec_AAAA", StandardSecret], s_standardTime,
            ("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", signature));

        Assert.True(Try(StandardId, "1614265330", "v1,AAAA v2,x " + StandardSignature));
        Assert.False(Try("msg_other", "1614265330", StandardSignature));
        Assert.False(Try(StandardId, "1614265331", StandardSignature));
        Assert.False(Try(StandardId, "+1614265330", StandardSignature));
        Assert.False(Try(StandardId, "99999999999999999999", StandardSignature));
        Assert.False(Try(StandardId, "1614265330", StandardSignature[3..]));
    }

    [Fact]
    public void A_token_of_GitLab_is_the_secret_itself()
    {
        Assert.True(IsGood(WebhookProvider.GitLabToken, "{}", ["one", "two"], default, ("X-Gitlab-Token", "two")));
        Assert.False(IsGood(WebhookProvider.GitLabToken, "{}", ["one", "two"], default, ("X-Gitlab-Token", "tw")));
        Assert.False(IsGood(WebhookProvider.GitLab, "{}", ["two"], default, ("X-Gitlab-Token", "two")));
    }

    [Theory]
    [InlineData("https://host.example/a/b.git")]
    [InlineData("https://user@host.example:8443/a/b")]
    [InlineData("git@host.example:a/b.git")]
    [InlineData("ssh://git@host.example:2222/a/b.git/")]
    [InlineData("HTTPS://Host.example/A/b")]
    public void A_repository_is_known_however_its_address_is_spelled(string address)
    {
        var body = Encoding.UTF8.GetBytes("{\"repository\":{\"clone_url\":\"" + address + "\"}}");

        Assert.True(WebhookNews.IsAbout(body, ["https://host.example/a/b"], branch: null));
        Assert.False(WebhookNews.IsAbout(body, ["https://host.example/a/c"], branch: null));
        Assert.True(WebhookNews.IsAbout(body, ImmutableArray<string>.Empty, branch: null));
    }

    [Theory]
    [InlineData("""{"ref":"refs/heads/main"}""", true)]
    [InlineData("""{"ref":"refs/heads/other"}""", false)]
    [InlineData("""{"ref":"refs/tags/main2"}""", false)]
    [InlineData("""{"push":{"changes":[{"new":{"name":"other"}},{"new":{"name":"main"}}]}}""", true)]
    [InlineData("""{"push":{"changes":[{"new":null}]}}""", true)]
    [InlineData("""{"zen":"a ping says nothing of a branch"}""", true)]
    public void A_push_to_another_branch_is_no_news(string body, bool isNews) =>
        Assert.Equal(isNews, WebhookNews.IsAbout(Encoding.UTF8.GetBytes(body), [], "main"));
}
