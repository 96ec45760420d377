using System.Text;
using Microsoft.AspNetCore.Http;
using ModelOps.ModelStore.Registry;

namespace ModelOps.ModelStore.Tests.Registry;

public sealed class AuthTests
{
    private static readonly byte[] Weights = Pulling.Content(250_000);

    [Fact]
    public async Task A_token_is_asked_for_once_with_a_signature_and_used_for_the_rest()
    {
        var key = SshKey.ReadOrCreate(Path.Combine(Directory.CreateTempSubdirectory().FullName, "id_ed25519"));
        await using var pulling = await Pulling.StartAsync(Pulling.Quick with { Key = new Lazy<SshKey>(key) });
        var name = pulling.Registry.Publish("chat", Weights);
        pulling.Registry.Before = context => ChallengeAsync(context, pulling.Registry.Host);

        await pulling.PullAsync(name);

        pulling.AssertStored(name, Weights);
        var asked = Assert.Single(pulling.Registry.Requests, one => one.Path == "/token");
        Assert.StartsWith(key.PublicText + ":", asked.Authorization, StringComparison.Ordinal);
        Assert.Matches(@"^\?nonce=[\w-]+&scope=repository%3Alab%2Fchat%3Apull&service=test%20service&ts=\d+$", asked.Query);
    }

    [Fact]
    public async Task A_second_refusal_is_told_as_denied_access()
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        pulling.Registry.Before = async context =>
        {
            if (context.Request.Path == "/token")
                await context.Response.WriteAsync("{\"token\":\"wrong\"}");
            else
                Refuse(context, $"http://{pulling.Registry.Host}/token");
            return true;
        };

        var error = await Assert.ThrowsAsync<StoreException>(() => pulling.PullAsync(name));

        Assert.Equal("pull model manifest: unauthorized: access denied", error.Message);
    }

    [Fact]
    public async Task A_realm_on_another_host_gets_no_signature()
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        pulling.Registry.Before = context =>
        {
            Refuse(context, "http://elsewhere.example/token");
            return Task.FromResult(true);
        };

        var error = await Assert.ThrowsAsync<StoreException>(() => pulling.PullAsync(name));

        Assert.Equal(
            $"pull model manifest: realm host \"elsewhere.example\" does not match original host \"{pulling.Registry.Host}\"",
            error.Message);
    }

    [Fact]
    public async Task A_redirect_to_another_host_carries_no_credentials()
    {
        await using var pulling = await Pulling.StartAsync();
        await using var elsewhere = await FaultyRegistry.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        elsewhere.Publish("chat", Weights);
        pulling.Registry.Before = async context =>
        {
            if (await ChallengeAsync(context, pulling.Registry.Host))
                return true;
            if (!context.Request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal))
                return false;
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = $"http://{elsewhere.Host}{context.Request.Path}?signed=1";
            return true;
        };

        await pulling.PullAsync(name);

        pulling.AssertStored(name, Weights);
        Assert.NotEmpty(elsewhere.Requests);
        Assert.All(elsewhere.Requests, asked => Assert.Equal("", asked.Authorization));
    }

    [Fact]
    public async Task A_circle_of_redirects_ends()
    {
        await using var pulling = await Pulling.StartAsync();
        var name = pulling.Registry.Publish("chat", Weights);
        pulling.Registry.Before = context =>
        {
            if (!context.Request.Path.Value!.Contains("/blobs/", StringComparison.Ordinal))
                return Task.FromResult(false);
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = context.Request.Path.Value;
            return Task.FromResult(true);
        };

        var error = await Assert.ThrowsAsync<StoreException>(() => pulling.PullAsync(name));

        Assert.Equal("maximum redirects exceeded (10) for directURL", error.Message);
    }

    [Fact]
    public async Task A_password_of_the_users_file_is_sent_when_asked_for()
    {
        var auth = Convert.ToBase64String("me:secret"u8);
        await using var registry = await FaultyRegistry.StartAsync();
        var config = DockerConfig.Parse(
            Encoding.UTF8.GetBytes($"{{\"auths\":{{\"http://{registry.Host}/v2/\":{{\"auth\":\"{auth}\"}}}}}}"));
        using var some = new Some();
        using var client = new RegistryClient(some.Store, Pulling.Quick with { Credentials = config }, TimeProvider.System);
        var name = registry.Publish("chat", Weights);
        registry.Before = context =>
        {
            var known = context.Request.Headers.Authorization == $"Basic {auth}";
            if (!known)
            {
                context.Response.StatusCode = 401;
                context.Response.Headers.WWWAuthenticate = "Basic realm=\"here\"";
            }

            return Task.FromResult(!known);
        };

        await client.PullAsync(name, insecure: true, _ => { }, TestContext.Current.CancellationToken);

        Assert.NotNull(some.Store.Find(name));
    }

    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "72",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    public void Signatures_are_those_of_the_standards_examples(string seed, string message, string expectedKey, string expectedSignature)
    {
        var key = SshKey.FromSeed(Convert.FromHexString(seed));
        var signature = key.Signature(Encoding.UTF8.GetString(Convert.FromHexString(message))).Split(':');
        Assert.Equal(expectedKey, Convert.ToHexStringLower(Convert.FromBase64String(key.PublicText)[^32..]));
        Assert.Equal(expectedSignature, Convert.ToHexStringLower(Convert.FromBase64String(signature[1])));
        Assert.Equal(key.PublicText, signature[0]);
    }

    [Fact]
    public void A_key_file_is_private_and_reads_back_as_the_same_key()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "keys", "id_ed25519");

        var made = SshKey.ReadOrCreate(path);

        Assert.Equal(made.PublicText, SshKey.ReadOrCreate(path).PublicText);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal($"ssh-ed25519 {made.PublicText}\n", File.ReadAllText(path + ".pub"));
        Assert.Equal(made.Signature("x"), SshKey.ReadOrCreate(path).Signature("x"));
    }

    [Fact]
    public void A_challenge_keeps_commas_inside_its_scope() => Assert.Equal(
        new Challenge("bearer", "https://a/t", "s", "repository:x/y:pull,push"),
        Challenge.Parse("Bearer", "realm=\"https://a/t\",service=s, scope=\"repository:x/y:pull,push\""));

    private static async Task<bool> ChallengeAsync(HttpContext context, string host)
    {
        if (context.Request.Path == "/token")
        {
            await context.Response.WriteAsync("{\"token\":\"good\"}");
            return true;
        }

        if (context.Request.Headers.Authorization == "Bearer good")
            return false;
        Refuse(context, $"http://{host}/token");
        return true;
    }

    private static void Refuse(HttpContext context, string realm)
    {
        context.Response.StatusCode = 401;
        context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{realm}\",service=\"test service\",scope=\"repository:lab/chat:pull\"";
    }
}
