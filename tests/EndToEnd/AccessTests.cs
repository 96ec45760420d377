using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>Keys, the socket and open addresses, with the real executable.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class AccessTests : IDisposable
{
    private const string Yaml = """
        apiVersion: modelops/v1alpha1
        kind: ModelSet
        metadata: { name: test }
        spec:
          models:
            - name: pico
              modelfile: Modelfile
              runtime: { parallel: 4 }
              residency: { mode: always }
        """;

    private readonly TemporaryFolder _folder = new();

    private string Home => _folder.Combine("home");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_key_is_made_listed_replaced_and_revoked_without_a_server_and_only_its_hash_is_kept()
    {
        var made = await KeysAsync("create", "ci", "--scope", "sync,read", "--rate", "60/min", "--tokens", "1M/day", "--expires", "90d");
        var key = made.Output.TrimEnd('\n');
        Assert.Equal(0, made.ExitCode);
        Assert.Matches("^mo_[A-Za-z0-9_-]+$", key);
        var file = Path.Combine(Home, "keys");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.DoesNotContain(key, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        var listed = await KeysAsync("list");
        Assert.Contains("60/min requests, 1000000/day tokens", listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(key[14..], listed.Output, StringComparison.Ordinal);

        Assert.Equal(1, (await KeysAsync("create", "ci", "--scope", "read")).ExitCode);
        var replaced = (await KeysAsync("rotate", "ci")).Output.Trim();
        Assert.NotEqual(key, replaced);
        Assert.Equal("sync", (string)JsonNode.Parse((await KeysAsync("list", "--output", "json")).Output)!["keys"]![0]!["scopes"]![1]!);
        Assert.Equal(0, (await KeysAsync("revoke", "ci")).ExitCode);
        Assert.Equal(1, (await KeysAsync("revoke", "ci")).ExitCode);
    }

    [Theory]
    [InlineData("create x --scope root")]
    [InlineData("create x --scope infer --rate often")]
    [InlineData("create x --scope infer --expires never")]
    [InlineData("create a/b --scope infer")]
    [InlineData("create x --scope admin --models team-*")]
    [InlineData("create x --scope infer --models $(id)")]
    [InlineData("create x --scope infer --streams 0")]
    [InlineData("create x")]
    public async Task What_no_key_can_be_made_of_is_refused(string words)
    {
        var outcome = await KeysAsync(words.Split(' '));
        Assert.Equal((3, ""), (outcome.ExitCode, outcome.Output));
        Assert.False(File.Exists(Path.Combine(Home, "keys")));
    }

    [Fact]
    public async Task Keys_that_are_made_at_the_same_time_are_all_there()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(number => KeysAsync("create", $"k{number}", "--scope", "infer")));
        Assert.All(made, outcome => Assert.Equal(0, outcome.ExitCode));
        Assert.Equal(8, JsonNode.Parse((await KeysAsync("list", "--output", "json")).Output)!["keys"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_file_of_keys_that_others_may_write_or_that_is_damaged_is_not_started_with()
    {
        await KeysAsync("create", "a", "--scope", "infer");
        var file = _folder.Combine("shared-keys");
        File.Copy(Path.Combine(Home, "keys"), file);
        File.SetUnixFileMode(file, (UnixFileMode)0x1B6);
        string[] serve = ["serve", "--home", _folder.Combine("other"), "--listen", $"127.0.0.1:{Daemon.FreePort()}", "--keys", file];
        var open = await Executable.RunAsync(serve);
        Assert.Equal(3, open.ExitCode);
        Assert.Contains("other users may write", open.Error, StringComparison.Ordinal);

        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(file, "{\"version\":1,\"keys\":[{\"name\":\"a\",\"root\":true}]}");
        Assert.Equal(3, (await Executable.RunAsync(serve)).ExitCode);
    }

    [Fact]
    public async Task The_socket_knows_its_user_and_needs_no_key()
    {
        var repository = ModelsRepository.With(_folder.Combine("repository"), Yaml, ("Modelfile", "FROM pico.gguf\n"));
        await using var daemon = await Daemon.StartAsync(repository.Path, Home, "--require-keys");
        var socket = Path.Combine(Home, "socket");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
        Assert.Equal(HttpStatusCode.Unauthorized, (await daemon.Http.GetAsync("modelops/v1/status")).StatusCode);

        var ready = await Executable.RunAsync(["wait", "--for", "ready", "--timeout", "60s", "--host", $"unix:{socket}"]);
        Assert.True(ready.ExitCode == 0, ready.Error);
        Assert.Equal(0, (await Executable.RunAsync(["list", "--host", $"unix:{socket}"])).ExitCode);
        using var http = OverSocket(socket);
        using var asked = await http.PostAsync("modelops/v1/suspend", new StringContent("{}"));
        var token = (string)JsonNode.Parse(await asked.Content.ReadAsStringAsync())!["token"]!;
        var request = JsonNode.Parse(await http.GetStringAsync($"modelops/v1/requests/{token}"))!;
        Assert.Equal(Environment.UserName, (string?)request["actor"]);

        // Without a key the network is told what to do, and the command line too.
        var refused = await Executable.RunAsync(["status", "--host", $"{daemon.Address}"]);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("modelops keys create", refused.Error, StringComparison.Ordinal);
        var key = await KeyAsync(daemon, "me", "--scope", "read");
        var shown = await Executable.RunAsync(
            ["status", "--host", $"{daemon.Address}"], new Dictionary<string, string> { ["MODELOPS_API_KEY"] = key });
        Assert.DoesNotContain("needs a key", shown.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_that_a_killed_server_left_makes_room_and_another_servers_does_not()
    {
        var daemon = await Daemon.StartAsync(null, Home);
        var socket = Path.Combine(Home, "socket");
        var other = await Executable.RunAsync(
            ["serve", "--home", _folder.Combine("other"), "--listen", $"127.0.0.1:{Daemon.FreePort()}", "--socket", socket]);
        Assert.Equal(3, other.ExitCode);
        Assert.Contains("another server answers", other.Error, StringComparison.Ordinal);
        daemon.Signal("KILL");
        await daemon.ExitAsync();
        Assert.True(File.Exists(socket));

        await using var next = await Daemon.StartAsync(null, Home);
        using var http = OverSocket(socket);
        Assert.Equal("ok\n", await http.GetStringAsync("healthz"));
        await daemon.DisposeAsync();
    }

    [Fact]
    public async Task An_open_address_is_said_aloud_and_cannot_be_rebound()
    {
        var port = Daemon.FreePort();
        using var process = Executable.Start(
            ["serve", "--home", Home, "--listen", $"0.0.0.0:{port}", "--insecure", "--allow-host", "m.example"]);
        try
        {
            var told = await FirstErrorAsync(process);
            Assert.StartsWith("Warning: INSECURE", told, StringComparison.Ordinal);
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            for (var wait = 0; wait < 200 && !await AnswersAsync(http); wait++)
                await Task.Delay(50);
            var status = JsonNode.Parse(await http.GetStringAsync("modelops/v1/status"))!;
            Assert.StartsWith("INSECURE", (string)status["insecure"]!, StringComparison.Ordinal);
            Assert.Contains("status.insecure", await http.GetStringAsync("ui"), StringComparison.Ordinal);
            Assert.StartsWith(
                "INSECURE", (await Executable.RunAsync(["status", "--host", $"127.0.0.1:{port}"])).Output, StringComparison.Ordinal);
            foreach (var (host, code) in new[]
            {
                ("evil.example", 403), ("localhost", 200), ("m.example", 200), ("x.internal", 403), ("127.0.0.1.evil.example", 403),
                ("m.example.evil", 403), (Dns.GetHostName(), 200),
            })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, "api/tags");
                request.Headers.Host = host;
                Assert.Equal((host, code), (host, (int)(await http.SendAsync(request)).StatusCode));
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task A_revoked_key_ends_an_open_answer_within_two_seconds()
    {
        await using var daemon = await StartAsync();
        using var client = await ClientAsync(daemon, "app", "--scope", "infer");
        using var answer = await BeginAsync(client);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.NotNull(await reader.ReadLineAsync());

        // How long a process of the command takes is not the server's time.
        await KeysAsync("revoke", "app");
        var clock = Stopwatch.StartNew();
        var rest = await reader.ReadToEndAsync();

        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 3);
        Assert.Contains("the key app is no longer in force", rest, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("api/tags")).StatusCode);
    }

    [Fact]
    public async Task Eight_greedy_answers_of_one_key_do_not_keep_another_key_waiting_for_their_end()
    {
        await using var daemon = await StartAsync();
        using var greedy = await ClientAsync(daemon, "greedy", "--scope", "infer");
        using var single = await ClientAsync(daemon, "single", "--scope", "infer");
        var streams = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => BeginAsync(greedy)));
        var others = Enumerable.Range(0, 4).Select(_ => BeginAsync(greedy)).ToArray();
        var times = new List<double>();
        for (var asked = 0; asked < 5; asked++)
        {
            var clock = Stopwatch.StartNew();
            using var reply = await single.PostAsync(
                "api/chat", new StringContent(PicoServer.Ask("pico", "What is the capital of Japan?").ToJsonString()));
            times.Add(clock.Elapsed.TotalSeconds);
            Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        }

        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(' ', times.Select(time => $"{time:F2}")));

        // All four running ones would take minutes; none has ended, and none was cut.
        foreach (var stream in streams)
        {
            using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
            Assert.StartsWith("data: {", await reader.ReadLineAsync(), StringComparison.Ordinal);
            stream.Dispose();
        }

        greedy.CancelPendingRequests();
        await Task.WhenAll(others.Select(other => other.ContinueWith(_ => { }, TaskScheduler.Default)));
    }

    private static HttpClient OverSocket(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, token) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), token);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://localhost"),
    };

    private static Task<HttpResponseMessage> BeginAsync(HttpClient client) => client.SendAsync(
        new HttpRequestMessage(HttpMethod.Post, "v1/completions") { Content = new StringContent(EndlessStream.Body("pico")) },
        HttpCompletionOption.ResponseHeadersRead);

    private static async Task<bool> AnswersAsync(HttpClient http)
    {
        try
        {
            return (await http.GetAsync("healthz")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<string?> FirstErrorAsync(Process process)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        return await process.StandardError.ReadLineAsync(limit.Token);
    }

    /// <summary>Serves Pico to keys alone, with four slots, when it is in memory.</summary>
    private async Task<Daemon> StartAsync()
    {
        var repository = ModelsRepository.With(_folder.Combine("repository"), Yaml, ("Modelfile", "FROM pico.gguf\n"));
        var daemon = await Daemon.StartAsync(repository.Path, Home, "--require-keys");
        await daemon.WaitAsync("ready", async () => (await daemon.Http.GetAsync("readyz")).IsSuccessStatusCode);
        return daemon;
    }

    /// <summary>Makes a key, and returns when the server has read it.</summary>
    private async Task<string> KeyAsync(Daemon daemon, string name, params string[] options)
    {
        var before = Changes();
        var key = (await KeysAsync(["create", name, .. options])).Output.Trim();
        await daemon.WaitAsync("the key is in force", () => Task.FromResult(Changes() > before));
        return key;

        int Changes() => daemon.Output.Split("are in force", StringSplitOptions.None).Length;
    }

    private async Task<HttpClient> ClientAsync(Daemon daemon, string name, params string[] options)
    {
        var key = await KeyAsync(daemon, name, options);
        var client = new HttpClient { BaseAddress = daemon.Address, Timeout = TimeSpan.FromMinutes(2) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private Task<Executable.Outcome> KeysAsync(params string[] words) => Executable.RunAsync(["keys", .. words, "--home", Home]);
}
