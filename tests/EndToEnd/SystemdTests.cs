using System.Diagnostics;
using System.Net.Sockets;
using ModelOps.TestKit;

namespace ModelOps.EndToEnd;

/// <summary>What the daemon tells a service manager, and what it takes from one.</summary>
public sealed class SystemdTests : IDisposable
{
    private const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - { name: chat, modelfile: Modelfile, residency: { mode: always } }
        """;

    private const string Head = "apiVersion: modelops/v1alpha1\nkind: Host\n";

    private static readonly string s_unit = RepoRoot.Combine("packaging", "systemd", "modelops.service");

    private readonly TemporaryFolder _folder = new();

    private string Home => _folder.Combine("home");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_says_that_it_listens_how_it_is_that_it_lives_that_it_reads_again_and_that_it_stops(bool hasFile)
    {
        using var manager = new ServiceManagerSocket(hasFile ? _folder.Combine("notify") : $"@modelops-{Guid.NewGuid():N}");
        var repository = ModelsRepository.With(_folder.Combine("repository"), Yaml, ("Modelfile", "FROM ./pico.gguf\n"));
        var file = _folder.Combine("host.yaml");
        File.WriteAllText(file, $"{Head}source: {{ location: {repository.Path} }}\n");
        var variables = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = manager.Name, ["WATCHDOG_USEC"] = "1000000" };
        await using var daemon = await Daemon.StartWithAsync(variables, source: null, Home, "--config", file);

        await manager.WaitAsync("READY=1");
        Assert.True((await daemon.Http.GetAsync("healthz")).IsSuccessStatusCode);
        var revision = repository.Head[..10];
        await manager.WaitAsync($"STATUS=Serving 1 of 1 model at {revision}");
        Assert.All(daemon.Workers(), worker => Assert.DoesNotContain(
            "NOTIFY_SOCKET", File.ReadAllText($"/proc/{worker}/environ"), StringComparison.Ordinal));

        var clock = Stopwatch.StartNew();
        await manager.WaitAsync("WATCHDOG=1");
        await manager.WaitAsync("WATCHDOG=1");
        await manager.WaitAsync("WATCHDOG=1");
        Assert.True(clock.Elapsed > TimeSpan.FromSeconds(0.4), "it says more often that it lives than it need");

        daemon.Signal("HUP");
        var reloading = await manager.WaitAsync(message => message.StartsWith("RELOADING=1\nMONOTONIC_USEC=", StringComparison.Ordinal));
        var told = double.Parse(reloading.Split('=')[^1], System.Globalization.CultureInfo.InvariantCulture) / 1_000_000;
        var now = (double)Stopwatch.GetTimestamp() / Stopwatch.Frequency;
        Assert.InRange(now - told, 0, 60);
        await manager.WaitAsync("READY=1");

        daemon.Signal("TERM");
        await manager.WaitAsync(message => message.StartsWith("STOPPING=1\nSTATUS=", StringComparison.Ordinal));
        Assert.Equal(0, await daemon.ExitAsync());
    }

    [Fact]
    public async Task It_serves_on_when_the_manager_cannot_be_told()
    {
        var variables = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = _folder.Combine("nobody"), ["WATCHDOG_USEC"] = "1000000" };
        await using var daemon = await Daemon.StartWithAsync(variables, source: null, Home);
        await daemon.WaitAsync("it says so", () => Task.FromResult(
            daemon.Output.Contains("the service manager cannot be told how this server is", StringComparison.Ordinal)));
        Assert.True((await daemon.Http.GetAsync("healthz")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task The_first_question_starts_it_on_a_socket_that_no_worker_keeps()
    {
        var repository = ModelsRepository.With(_folder.Combine("repository"), Yaml, ("Modelfile", "FROM ./pico.gguf\n"));
        var address = new Uri($"http://127.0.0.1:{Daemon.FreePort()}");
        using var process = Activate(address.Authority, "serve", repository.Path, "--home", Home, "--listen", "127.0.0.1:1");
        try
        {
            using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
            await UntilAsync(() => AnswersAsync(http, "readyz"));

            var worker = Assert.Single(Executable.WorkersOf(process.Id));
            var listening = File.ResolveLinkTarget($"/proc/{process.Id}/fd/3", returnFinalTarget: false)!.Name;
            Assert.StartsWith("socket:[", listening, StringComparison.Ordinal);
            Assert.DoesNotContain(
                new DirectoryInfo($"/proc/{worker}/fd").EnumerateFileSystemInfos(), file => file.LinkTarget == listening);
            Assert.DoesNotContain("LISTEN_FDS", File.ReadAllText($"/proc/{worker}/environ"), StringComparison.Ordinal);
        }
        finally
        {
            await EndAsync(process);
        }

        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task A_socket_with_a_path_is_served_beside_the_address()
    {
        var (path, address) = (_folder.Combine("other"), new Uri($"http://127.0.0.1:{Daemon.FreePort()}"));
        using var process = Activate(path, "serve", "--home", Home, "--listen", address.Authority);
        try
        {
            using var local = new HttpClient(new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellationToken) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            })
            { BaseAddress = new Uri("http://localhost"), Timeout = TimeSpan.FromSeconds(60) };
            await UntilAsync(() => AnswersAsync(local, "api/tags"));
            using var http = new HttpClient { BaseAddress = address };
            await UntilAsync(() => AnswersAsync(http, "api/tags"));
        }
        finally
        {
            await EndAsync(process);
        }

        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task A_socket_that_other_machines_reach_is_as_unsafe_as_an_address_is()
    {
        var port = Daemon.FreePort();
        using var process = Activate($"0.0.0.0:{port}", "serve", "--home", Home);
        var error = process.StandardError.ReadToEndAsync();
        await UntilAsync(async () =>
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            return process.HasExited || await AnswersAsync(http, "healthz");
        });
        await process.WaitForExitAsync();
        Assert.Equal(3, process.ExitCode);
        Assert.Contains("can be reached from other machines", await error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exec 3</dev/null; LISTEN_FDS=1 LISTEN_PID=$$", "is no socket that waits for connections")]
    [InlineData("LISTEN_FDS=lots LISTEN_PID=$$", "which is no number of sockets")]
    [InlineData("LISTEN_FDS=100000 LISTEN_PID=$$", "which is no number of sockets")]
    public async Task What_cannot_be_listened_on_is_named(string given, string message)
    {
        var outcome = await Executable.ShellAsync($"{given} exec \"$MODELOPS\" serve --home {Home}");
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sockets_of_another_process_mean_nothing()
    {
        var variables = new Dictionary<string, string> { ["LISTEN_FDS"] = "1", ["LISTEN_PID"] = "1" };
        await using var daemon = await Daemon.StartWithAsync(variables, source: null, Home);
        Assert.True((await daemon.Http.GetAsync("healthz")).IsSuccessStatusCode);
    }

    [Fact]
    public async Task The_unit_is_understood_and_closed_to_what_it_does_not_need()
    {
        // The command need not be installed where this runs.
        var units = Directory.CreateDirectory(_folder.Combine("units")).FullName;
        foreach (var name in new[] { "modelops.service", "modelops.socket" })
        {
            var text = File.ReadAllText(RepoRoot.Combine("packaging", "systemd", name));
            File.WriteAllText(Path.Combine(units, name), text.Replace("/usr/bin/modelops", Executable.Path, StringComparison.Ordinal));
        }

        var outcome = await Executable.ShellAsync($"systemd-analyze verify --man=no {units}/modelops.service {units}/modelops.socket");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Output + outcome.Error));

        var exposure = await Executable.ShellAsync($"systemd-analyze security --offline=true --threshold=15 {s_unit}");
        Assert.Contains("Overall exposure level for modelops.service", exposure.Output, StringComparison.Ordinal);
        Assert.Equal(0, exposure.ExitCode);
    }

    /// <summary>What systemd does at the first connection to a socket that it listens on for a service.</summary>
    private static Process Activate(string listen, params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "systemd-socket-activate",
            ["-l", listen, "-E", $"PATH={Environment.GetEnvironmentVariable("PATH")}", Executable.Path, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }

    private static async Task EndAsync(Process process)
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await process.WaitForExitAsync(limit.Token);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var clock = Stopwatch.StartNew(); !await condition(); await timer.WaitForNextTickAsync())
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), "it does not answer");
    }

    private static async Task<bool> AnswersAsync(HttpClient http, string path)
    {
        try
        {
            using var reply = await http.GetAsync(path);
            return reply.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
