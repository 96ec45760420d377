using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>Signed commits, and the calls of a provider that bring them, with the real executable.</summary>
public sealed class TrustTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("program")]
    [InlineData("builtin")]
    public async Task What_a_trusted_key_signed_is_served_when_the_provider_calls_and_nothing_else_is(string git)
    {
        var repository = ModelsRepository.With(_folder.Combine("work"), Set("one"));
        var signers = await SignAsync(repository);
        var signed = repository.Commit("notes.txt", "signed from here on\n");
        await using var daemon = await Daemon.StartAsync(
            repository.Path, _folder.Combine("home"), "--git", git, "--poll-interval", "10m", "--rewinds", "refuse",
            "--verify", "history", "--verify-ssh-keys", signers, "--webhook", "github");
        await daemon.WaitAsync("the first is served", async () => (string?)(await SourceAsync(daemon))["applied"] == signed);

        var second = repository.Commit("modelops.yaml", Set("two"));
        var clock = Stopwatch.StartNew();
        var told = await CallAsync(daemon);
        Assert.True(told.ExitCode == 0, told.Output + told.Error);
        Assert.Equal(second, (string?)(await SourceAsync(daemon))["applied"]);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"from the call to served: {clock.ElapsedMilliseconds} ms, with the start of the verb");

        repository.Git("config", "commit.gpgSign", "false");
        repository.Commit("modelops.yaml", Set("three"));
        Assert.Equal(5, (await CallAsync(daemon)).ExitCode);
        var source = await SourceAsync(daemon);
        Assert.Equal(second, (string?)source["accepted"]);
        Assert.Contains("is not signed (rule Unsigned)", (string)source["error"]!, StringComparison.Ordinal);

        var shown = await Executable.RunAsync(["trust", "show", "--host", daemon.Address.ToString()]);
        Assert.Contains("every new commit must be signed", shown.Output, StringComparison.Ordinal);
        Assert.Contains("SHA256:", shown.Output, StringComparison.Ordinal);
        Assert.Contains("newest revision refused: ", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_whose_trust_is_lost_are_not_served_where_the_host_says_so_also_after_a_restart_and_are_again_with_the_keys()
    {
        var repository = ModelsRepository.With(_folder.Combine("work"), Set("one"));
        var signers = await SignAsync(repository);
        repository.Commit("notes.txt", "signed from here on\n");
        var keys = await File.ReadAllTextAsync(signers, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            _folder.Combine("host.yaml"),
            $"apiVersion: modelops/v1alpha1\nkind: Host\nsource:\n  location: {repository.Path}\n  pollInterval: 1s\n"
            + $"  verify: {{ mode: head, keys: {{ ssh: {signers} }}, onTrustLoss: stop }}\n",
            TestContext.Current.CancellationToken);
        string[] config = ["--config", _folder.Combine("host.yaml")];
        await using (var daemon = await Daemon.StartAsync(source: null, _folder.Combine("home"), config))
        {
            await daemon.WaitAsync("it is served", async () => await AnswerAsync(daemon) == 200);
            await File.WriteAllTextAsync(
                signers, keys.Replace("test@example.org", "other@example.org", StringComparison.Ordinal),
                TestContext.Current.CancellationToken);
            await daemon.WaitAsync("it is stopped", async () => await AnswerAsync(daemon) == 503);
            await daemon.WaitAsync(
                "it is not ready", async () => (int)(await daemon.Http.GetAsync("readyz", TestContext.Current.CancellationToken)).StatusCode == 503);
            var source = await SourceAsync(daemon);
            Assert.Contains("its models are not served", (string)source["trust"]!["loss"]!, StringComparison.Ordinal);
        }

        await using (var daemon = await Daemon.StartAsync(source: null, _folder.Combine("home"), config))
        {
            Assert.Equal(503, await AnswerAsync(daemon));
            await File.WriteAllTextAsync(signers, keys, TestContext.Current.CancellationToken);
            await daemon.WaitAsync("it is served again", async () => await AnswerAsync(daemon) == 200);
        }
    }

    private static async Task<int> AnswerAsync(Daemon daemon)
    {
        using var body = new StringContent("{\"model\":\"chat\",\"prompt\":\"hi\",\"stream\":false,\"options\":{\"num_predict\":1}}");
        using var answer = await daemon.Http.PostAsync("api/generate", body, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    [Fact]
    public async Task Keys_that_cannot_be_read_end_the_start()
    {
        var repository = ModelsRepository.With(_folder.Combine("work"), Set("one"));
        var signers = _folder.Combine("signers");
        await File.WriteAllTextAsync(signers, "nobody\n", TestContext.Current.CancellationToken);

        var ended = await Executable.RunAsync(
            ["serve", repository.Path, "--home", _folder.Combine("home"), "--verify", "head", "--verify-ssh-keys", signers]);

        Assert.Equal(3, ended.ExitCode);
        Assert.Contains($"{signers}:1: this is no allowed signer", ended.Error, StringComparison.Ordinal);
    }

    private Task<Executable.Outcome> CallAsync(Daemon daemon) => Executable.RunAsync(
        ["webhook", "test", "--provider", "github", "--home", _folder.Combine("home"), "--host", daemon.Address.ToString()]);

    private static async Task<JsonNode> SourceAsync(Daemon daemon) => (await daemon.GetAsync("modelops/v1/status"))["sources"]![0]!;

    /// <summary>Has git sign from now on; the file of allowed signers is returned.</summary>
    private async Task<string> SignAsync(ModelsRepository repository)
    {
        var key = _folder.Combine("key");
        using (var keygen = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", key]))
            await keygen.WaitForExitAsync(TestContext.Current.CancellationToken);
        repository.Git("config", "gpg.format", "ssh");
        repository.Git("config", "user.signingKey", key);
        repository.Git("config", "commit.gpgSign", "true");
        var signers = _folder.Combine("signers");
        var made = await File.ReadAllTextAsync(key + ".pub", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            signers, $"test@example.org namespaces=\"git\" {made}", TestContext.Current.CancellationToken);
        return signers;
    }

    private static string Set(string system) =>
        "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: set }\nspec:\n  models:\n"
        + $"    - name: chat\n      inline: |\n        FROM ./pico.gguf\n        SYSTEM {system}\n";
}
