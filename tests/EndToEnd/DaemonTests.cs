using System.Diagnostics;

namespace ModelOps.EndToEnd;

/// <summary>The daemon as a process: how it starts, ends and dies.</summary>
public class DaemonTests : IDisposable
{
    private const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - name: chat
              inline: |
                FROM pico.gguf
                PARAMETER temperature 0
              residency: { mode: always }
        """;

    private readonly TemporaryFolder _folder = new();

    private string Home => _folder.Combine("home");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_signal_lets_running_answers_finish_and_ends_with_0(string signal)
    {
        await using var daemon = await Daemon.StartReadyAsync(Repository().Path, Home);
        var workers = daemon.Workers();
        var answer = daemon.AskAsync("chat", "What is the capital of Japan?");
        await daemon.WaitAsync("the answer runs", () => Task.FromResult(answer.IsCompleted || Metric(daemon) > 0));
        daemon.Signal(signal);

        Assert.Contains("Tokyo", await answer, StringComparison.Ordinal);
        Assert.Equal(0, await daemon.ExitAsync());
        Assert.All(workers, worker => Assert.False(Executable.IsAlive(worker)));

        static int Metric(Daemon daemon) => daemon.Workers().Count;
    }

    [Fact]
    public async Task No_worker_outlives_a_killed_daemon_and_the_next_start_serves_before_it_reaches_the_remote()
    {
        var repository = Repository();
        var workers = default(IReadOnlyList<int>);
        await using (var daemon = await Daemon.StartReadyAsync(repository.Path, Home))
        {
            workers = daemon.Workers();
            Assert.NotEmpty(workers);
            daemon.Signal("KILL");
            var clock = Stopwatch.StartNew();
            while (workers.Any(Executable.IsAlive))
                Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), "a worker outlived its daemon by 2 s");
        }

        Directory.Move(repository.Path, repository.Path + ".gone");
        await using (var daemon = await Daemon.StartAsync(repository.Path, Home))
        {
            await daemon.WaitAsync("the model is in memory", async () => (await daemon.GetAsync("api/ps"))["models"]!.AsArray().Count == 1);
            Assert.Contains("Tokyo", await daemon.AskAsync("chat", "What is the capital of Japan?"), StringComparison.Ordinal);
            await daemon.WaitAsync(
                "the remote is missed", async () => (await daemon.GetAsync("modelops/v1/status"))["source"]!["error"] is not null);
        }
    }

    [Fact]
    public async Task The_daemon_never_loads_the_engine()
    {
        await using var daemon = await Daemon.StartReadyAsync(Repository().Path, Home);
        await daemon.AskAsync("chat", "Hello");
        Assert.DoesNotContain("libllama", File.ReadAllText($"/proc/{daemon.ProcessId}/maps"), StringComparison.Ordinal);
        Assert.Contains("libllama", File.ReadAllText($"/proc/{Assert.Single(daemon.Workers())}/maps"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_worker_costs_nothing_but_its_own_request_and_is_replaced()
    {
        await using var daemon = await Daemon.StartReadyAsync(Repository().Path, Home);
        var worker = Assert.Single(daemon.Workers());
        using (var kill = Process.Start("kill", ["-9", $"{worker}"]))
            await kill.WaitForExitAsync();

        await daemon.WaitAsync(
            "another worker serves",
            async () => (await daemon.AskAsync("chat", "What is the capital of Japan?")).Contains("Tokyo", StringComparison.Ordinal));
        Assert.NotEqual(worker, Assert.Single(daemon.Workers()));
    }

    [Fact]
    public async Task A_second_daemon_on_the_same_home_says_who_holds_it()
    {
        await using var daemon = await Daemon.StartReadyAsync(Repository().Path, Home);
        var second = await Executable.RunAsync(["serve", "--home", Home, "--listen", $"127.0.0.1:{Daemon.FreePort()}"]);
        Assert.Equal(9, second.ExitCode);
        Assert.Contains($"{daemon.ProcessId}", OneSentence(second.Error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_named()
    {
        await using var daemon = await Daemon.StartAsync(null, Home);
        var second = await Executable.RunAsync(["serve", "--home", _folder.Combine("home2"), "--listen", daemon.Address.Authority]);
        Assert.Equal(3, second.ExitCode);
        Assert.Contains(daemon.Address.Authority, OneSentence(second.Error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Other_addresses_than_loopback_need_the_word_insecure()
    {
        var outcome = await Executable.RunAsync(["serve", "--home", Home, "--listen", "0.0.0.0:0"]);
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("--insecure", OneSentence(outcome.Error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_home_that_cannot_be_used_is_explained()
    {
        File.WriteAllText(Home, "not a folder");
        var outcome = await Executable.RunAsync(["serve", "--home", Home, "--listen", $"127.0.0.1:{Daemon.FreePort()}"]);
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains(Home, OneSentence(outcome.Error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_engine_is_explained()
    {
        Directory.CreateDirectory(_folder.Combine("empty"));
        var outcome = await Executable.RunAsync(
            ["serve", Repository().Path, "--home", Home, "--listen", $"127.0.0.1:{Daemon.FreePort()}"],
            new Dictionary<string, string> { ["MODELOPS_LLAMA_DIR"] = _folder.Combine("empty") });
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains(_folder.Combine("empty"), OneSentence(outcome.Error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_source_the_store_is_served_and_models_are_made_through_the_api()
    {
        await using var daemon = await Daemon.StartAsync(null, Home);
        File.WriteAllText(
            _folder.Combine("Modelfile"),
            $"FROM {ModelsRepository.Weights}\nSYSTEM You always answer in capital letters.\nPARAMETER temperature 0\n");
        var host = daemon.Address.ToString();
        var created = await Executable.RunAsync(["create", "shouter", "-f", _folder.Combine("Modelfile"), "--host", host]);
        Assert.True(created.ExitCode == 0, created.Error);
        Assert.EndsWith("success\n", created.Error, StringComparison.Ordinal);

        var answer = await Executable.RunAsync(["run", "shouter", "What is the capital of Japan?", "--host", host]);
        Assert.Contains("TOKYO", answer.Output, StringComparison.Ordinal);
        Assert.Contains("shouter:latest", (await Executable.RunAsync(["list", "--host", host])).Output, StringComparison.Ordinal);
        Assert.Contains("100% CPU", (await Executable.RunAsync(["ps", "--host", host])).Output, StringComparison.Ordinal);

        Assert.Equal(0, (await Executable.RunAsync(["stop", "shouter", "--host", host])).ExitCode);
        await daemon.WaitAsync("the model left", async () => (await daemon.GetAsync("api/ps"))["models"]!.AsArray().Count == 0);
        Assert.Equal("copied 'shouter' to 'second'\n", (await Executable.RunAsync(["cp", "shouter", "second", "--host", host])).Output);
        Assert.Equal("deleted 'shouter'\n", (await Executable.RunAsync(["rm", "shouter", "--host", host])).Output);
        Assert.Equal(["second:latest"], (await daemon.GetAsync("api/tags"))["models"]!.AsArray().Select(model => (string)model!["name"]!));
    }

    [Fact]
    public async Task Two_streams_share_the_batch()
    {
        await using var daemon = await Daemon.StartReadyAsync(Repository().Path, Home);
        var before = (await CountsAsync()).Steps;
        const int Tokens = 5_000;
        using (var first = await EndlessStream.StartAsync(daemon, "chat", Tokens))
        using (var second = await EndlessStream.StartAsync(daemon, "chat", Tokens))
            await Task.WhenAll(first.RestAsync(), second.RestAsync());

        // What an engine says of itself is of one moment: when it knows of all tokens, it knows of all steps too.
        var after = 0L;
        await daemon.WaitAsync("the engine has counted all tokens", async () =>
        {
            var counts = await CountsAsync();
            after = counts.Steps;
            return counts.Tokens >= 2 * Tokens;
        });
        Assert.InRange(after - before, Tokens - 1, Tokens * 3 / 2);

        async Task<(long Steps, long Tokens)> CountsAsync()
        {
            var page = (await daemon.Http.GetStringAsync("metrics")).Split('\n');
            return (SumOf("modelops_engine_decode_calls_total"), SumOf("modelops_engine_decoded_tokens_total"));

            long SumOf(string name) => page.Where(line => line.StartsWith(name, StringComparison.Ordinal))
                .Sum(line => long.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private static string OneSentence(string error)
    {
        var text = error.TrimEnd('\n');
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        return Assert.Single(text.Split('\n'), line => line.StartsWith("Error: ", StringComparison.Ordinal));
    }

    private ModelsRepository Repository() => ModelsRepository.With(_folder.Combine("repository"), Yaml);
}
