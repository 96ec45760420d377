using System.Net;
using System.Net.Sockets;

namespace ModelOps.EndToEnd;

/// <summary>The server of one model's weights takes connections and never answers: nothing else waits for it.</summary>
public sealed class HangingServerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);

    public HangingServerTests() => _silent.Start();

    private string Yaml => $"""
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: {"{ name: test }"}
        spec:
          models:
            - name: stuck
              inline: FROM http://{_silent.LocalEndpoint}/x.gguf@sha256:{new string('1', 64)}
            - name: chat
              modelfile: Modelfile
        """;

    public void Dispose()
    {
        _silent.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_other_model_is_served_changed_put_right_and_held_while_one_download_hangs_and_a_restart_takes_it_up()
    {
        var repository = ModelsRepository.With(_folder.Combine("repo"), Yaml, ("Modelfile", "FROM pico.gguf\nSYSTEM one\n"));
        var began = "";
        await using (var daemon = await Daemon.StartAsync(repository.Path, _folder.Combine("home"), "--poll-interval", "1s"))
        {
            await RunAsync(daemon, 0, "sync", "--model", "chat");
            Assert.Equal("one", await CrashWorld.SystemOfAsync(daemon, "chat"));
            await RunAsync(daemon, 7, "sync", "--timeout", "1s");
            Assert.Contains("Work         fetching; begun", await RunAsync(daemon, 0, "describe", "stuck"), StringComparison.Ordinal);

            repository.Commit("Modelfile", "FROM pico.gguf\nSYSTEM two\n");
            await RunAsync(daemon, 0, "sync", "--model", "chat");
            Assert.Equal("two", await CrashWorld.SystemOfAsync(daemon, "chat"));

            File.Delete(Path.Combine(_folder.Combine("home"), "store", "manifests", "registry.ollama.ai", "library", "chat", "latest"));
            await daemon.WaitAsync(
                "put right", async () => await CrashWorld.SystemOfAsync(daemon, "chat") == "two", TimeSpan.FromSeconds(5));

            began = await SinceAsync(daemon);
            await RunAsync(daemon, 0, "hold", "chat");
            await RunAsync(daemon, 0, "release", "chat");
        }

        await using (var daemon = await Daemon.StartAsync(repository.Path, _folder.Combine("home"), "--poll-interval", "1s"))
        {
            await RunAsync(daemon, 0, "sync", "--model", "chat");
            await daemon.WaitAsync("taken up", async () => await SinceAsync(daemon) == began);
            await RunAsync(daemon, 0, "hold", "stuck");
            await daemon.WaitAsync("given up", async () => await SinceAsync(daemon) == "");
            await RunAsync(daemon, 0, "release", "stuck");
            await RunAsync(daemon, 0, "suspend", "--reason", "a demo");
            await daemon.WaitAsync("given up again", async () => await SinceAsync(daemon) == "");
        }
    }

    /// <summary>When the work on the model that hangs was begun; empty while there is none.</summary>
    private static async Task<string> SinceAsync(Daemon daemon) =>
        (string?)(await daemon.GetAsync("modelops/v1/models/stuck"))["model"]!["operation"]?["since"] ?? "";

    private static async Task<string> RunAsync(Daemon daemon, int code, params string[] words)
    {
        var run = await Executable.RunAsync([.. words, "--host", daemon.Address.ToString()]);
        Assert.True(run.ExitCode == code, $"{string.Join(' ', words)} ended with {run.ExitCode}, not {code}:\n{run.Output}\n{run.Error}");
        return run.Output;
    }
}
