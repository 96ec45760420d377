namespace ModelOps.EndToEnd;

/// <summary>A server that is configured by a file, and what a change of the file does while it runs.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private const string Head = "apiVersion: modelops/v1alpha1\nkind: Host\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_running_server_takes_over_what_may_change_names_what_may_not_and_ignores_a_wrong_file()
    {
        var repository = ModelsRepository.With(
            _folder.Combine("repository"),
            "apiVersion: modelops/v1alpha1\nkind: ModelSet\nmetadata: { name: a }\n"
            + "spec:\n  models:\n    - { name: a, modelfile: Modelfile }\n",
            ("Modelfile", "FROM ./pico.gguf\n"));
        var file = _folder.Combine("host.yaml");
        var source = $"{Head}source: {{ location: {repository.Path}, pollInterval: 1h }}\n";
        File.WriteAllText(file, source);
        await using var daemon = await Daemon.StartAsync(source: null, _folder.Combine("home"), "--config", file);
        await daemon.WaitAsync("the file's source is served", async () => (bool)(await StatusAsync(daemon))["ready"]!);

        File.WriteAllText(file, source.Replace("1h", "1s", StringComparison.Ordinal) + "readiness: strict\n");
        daemon.Signal("HUP");
        await daemon.WaitAsync("it says so", () => Logged(
            daemon, "configuration reloaded: source main is looked at every 1s; after a restart only: readiness"));
        await AssertEventAsync(daemon, "ConfigurationReloaded");
        var head = repository.Commit("Modelfile", "FROM ./pico.gguf\nSYSTEM other\n");
        await daemon.WaitAsync(
            "the new interval finds a commit", async () => (string?)(await StatusAsync(daemon))["source"]!["applied"] == head);

        File.WriteAllText(file, Head + "nonsense: 1\n");
        daemon.Signal("HUP");
        await daemon.WaitAsync("the error is logged with its place", () => Logged(daemon, $"{file}:3:1: error DS1002"));
        await AssertEventAsync(daemon, "ConfigurationRejected");
        Assert.True((bool)(await StatusAsync(daemon))["ready"]!);
    }

    [Fact]
    public async Task Without_a_file_the_signal_ends_the_server_as_it_ends_other_programs()
    {
        await using var daemon = await Daemon.StartAsync(source: null, _folder.Combine("home"));
        daemon.Signal("HUP");
        Assert.NotEqual(0, await daemon.ExitAsync());
    }

    [Fact]
    public async Task The_file_in_the_state_folder_counts_and_its_errors_end_the_start()
    {
        Directory.CreateDirectory(_folder.Combine("home"));
        File.WriteAllText(Path.Combine(_folder.Combine("home"), "config.yaml"), Head + "lissten: 1\n");
        var ended = await Executable.RunAsync(["serve", "--home", _folder.Combine("home")]);

        Assert.Equal(3, ended.ExitCode);
        Assert.Contains("did you mean 'listen'?", ended.Error, StringComparison.Ordinal);
    }

    private static Task<bool> Logged(Daemon daemon, string text) => Task.FromResult(daemon.Output.Contains(text, StringComparison.Ordinal));

    private static Task<System.Text.Json.Nodes.JsonNode> StatusAsync(Daemon daemon) => daemon.GetAsync("modelops/v1/status");

    private static async Task AssertEventAsync(Daemon daemon, string kind)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await using var stream = await daemon.HangsUp.GetStreamAsync("modelops/v1/events", limit.Token);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (line == $"event: {kind}")
                return;
        }

        Assert.Fail($"the events ended without {kind}");
    }
}
