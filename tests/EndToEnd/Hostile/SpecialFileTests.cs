using System.Diagnostics;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>
/// A named pipe or a device where a file is expected is refused with its name; nothing waits for it or reads it without end.
/// </summary>
public sealed class SpecialFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(3, "lint f")]
    [InlineData(3, "lint f/Modelfile")]
    [InlineData(3, "fmt f")]
    [InlineData(3, "diff f/Modelfile f/Modelfile")]
    [InlineData(1, "create m -f f/Modelfile --store store")]
    [InlineData(1, "create m -f FromPipe --store store")]
    [InlineData(1, "create m -f FromPipeInFolder --store store")]
    [InlineData(1, "create m -f AdapterPipe --store store")]
    public async Task A_pipe_is_refused_by_name(int exitCode, string line)
    {
        Directory.CreateDirectory(_folder.Combine("f"));
        Run("mkfifo", _folder.Combine("f", "Modelfile"));
        Run("mkfifo", _folder.Combine("f", "w.gguf"));
        File.WriteAllText(_folder.Combine("FromPipe"), "FROM ./f/Modelfile\n");
        File.WriteAllText(_folder.Combine("FromPipeInFolder"), "FROM ./f\n");
        File.WriteAllText(_folder.Combine("AdapterPipe"), $"FROM {ModelsRepository.Weights}\nADAPTER ./f/Modelfile\n");
        var outcome = await Executable.RunAsync(line.Split(' '), folder: _folder.Path);
        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Contains("a named pipe; only regular files are read", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("FROM /dev/zero", "1:6: error MF4018: ", "/dev/zero is a device")]
    [InlineData("FROM ./pipe", "1:6: error MF4018: ", "/pipe is a named pipe")]
    [InlineData("FROM llama3.2:1b\nADAPTER ./pipe", "2:9: error MF4018: ", "/pipe is a named pipe")]
    public async Task Lint_finds_what_is_no_regular_file(string text, string place, string reason)
    {
        Run("mkfifo", _folder.Combine("pipe"));
        File.WriteAllText(_folder.Combine("Modelfile"), text + "\n");
        var outcome = await Executable.RunAsync(["lint", "Modelfile"], folder: _folder.Path);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains(place, outcome.Output, StringComparison.Ordinal);
        Assert.Contains(reason + "; only regular files are read", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_has_no_end_and_is_not_begun()
    {
        File.WriteAllText(_folder.Combine("Modelfile"), "FROM /dev/zero\n");
        var outcome = await Executable.RunAsync(["create", "m", "--store", "store"], folder: _folder.Path);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("/dev/zero is a device; only regular files are read", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pipe_in_a_served_folder_is_a_finding_of_its_revision()
    {
        var repository = ModelsRepository.FromExample(_folder.Combine("repo"));
        Run("mkfifo", Path.Combine(repository.Path, "assistant", "pipe"));

        // Git lists no pipes, so that in a repository there is nothing to find; a plain folder is read whole.
        Directory.Delete(Path.Combine(repository.Path, ".git"), recursive: true);
        await using var daemon = await Daemon.StartAsync(repository.Path, _folder.Combine("home"), "--working-tree");
        var outcome = await Executable.RunAsync(["sync", "--timeout", "20", "--host", daemon.Address.ToString()]);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("assistant/pipe:1:1: error RP1008: this is a named pipe", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task The_second_signal_ends_a_server_at_once(string signal, int exitCode)
    {
        await using var daemon = await Daemon.StartAsync(source: null, _folder.Combine("home"));

        // Who holds a connection open with half a request keeps an orderly stop waiting.
        using var client = new System.Net.Sockets.TcpClient("127.0.0.1", daemon.Address.Port);
        await client.GetStream().WriteAsync(
            "POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"u8.ToArray(),
            TestContext.Current.CancellationToken);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        daemon.Signal(signal);
        await daemon.WaitAsync("it stops", () => Task.FromResult(daemon.Output.Contains("Stopping", StringComparison.Ordinal)));
        var clock = Stopwatch.StartNew();
        daemon.Signal(signal);
        Assert.Equal(exitCode, await daemon.ExitAsync());
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
