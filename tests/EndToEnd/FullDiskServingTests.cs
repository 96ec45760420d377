using System.Net;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Tests.Crash;
using ModelOps.TestKit.Generated;

namespace ModelOps.EndToEnd;

/// <summary>The disk of the store fills up under a server that answers questions all the while.</summary>
public class FullDiskServingTests : IDisposable
{
    private const long Slack = 64 << 10;

    private readonly TemporaryFolder _folder = new();
    private readonly SmallDisk _disk = new(megabytes: 48);

    private string Home => Path.Combine(_disk.Folder, "home");

    public void Dispose()
    {
        _disk.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_full_disk_is_told_with_its_bytes_and_no_answer_is_disturbed()
    {
        await using var registry = await DockerRegistry.StartAsync(_folder.Combine("registry"));
        var weights = GeneratedModel.Write(ModelShape.Llama(512, 6, 8, 4, 1536, 2048), _folder.Combine("weights.gguf"));
        var name = registry.NameOf("m");
        await CreateAsync(name, weights, _folder.Combine("store"));
        await RunAsync("push", name, "--insecure", "--store", _folder.Combine("store"));
        await CreateAsync("pico", ModelsRepository.Weights, Path.Combine(Home, "store"));
        var environment = new Dictionary<string, string> { ["MODELOPS_BANDWIDTH"] = $"{new FileInfo(weights).Length}" };
        await using var daemon = await Daemon.StartWithAsync(environment, null, Home);
        var expected = await daemon.AskAsync("pico", "Hello");
        using var stop = new CancellationTokenSource();
        var answers = TalkAsync(daemon, stop.Token);

        // During a pull.
        var free = _disk.Free;
        Assert.Matches("full: [1-9][0-9]* bytes were to be written, [0-9]+ are free", await PullAsync(daemon, name, fill: true));
        _disk.Empty();
        Assert.InRange(_disk.Free, free - Slack, long.MaxValue);

        // Before one, and during an upload, whose size nobody tells before.
        _disk.Fill();
        Assert.Matches("full: [1-9][0-9]* bytes were to be written, [0-9]+ are free", await PullAsync(daemon, name, fill: false));
        using var http = new HttpClient { BaseAddress = daemon.Address };
        using var upload = await http.PostAsync("api/blobs/sha256:" + new string('a', 64), new ByteArrayContent(new byte[8 << 20]));
        Assert.Equal(HttpStatusCode.InternalServerError, upload.StatusCode);
        Assert.Matches("full: [1-9][0-9]* bytes were to be written", await upload.Content.ReadAsStringAsync());
        _disk.Empty();
        Assert.InRange(_disk.Free, free - Slack, long.MaxValue);

        Assert.Equal("success", await PullAsync(daemon, name, fill: false));
        await stop.CancelAsync();
        var given = await answers;
        Assert.NotEmpty(given);
        Assert.All(given, answer => Assert.Equal(expected, answer));
    }

    private static async Task<List<string>> TalkAsync(Daemon daemon, CancellationToken cancellationToken)
    {
        var answers = new List<string>();
        while (!cancellationToken.IsCancellationRequested)
            answers.Add(await daemon.AskAsync("pico", "Hello"));
        return answers;
    }

    /// <summary>Pulls, fills the disk at the first bytes if asked to, and returns the last status or the error.</summary>
    private async Task<string> PullAsync(Daemon daemon, string name, bool fill)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/pull")
        {
            Content = new StringContent(new JsonObject { ["model"] = name, ["insecure"] = true }.ToJsonString()),
        };
        using var response = await daemon.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        var last = "";
        while (await lines.ReadLineAsync() is { } text)
        {
            var line = JsonNode.Parse(text)!;
            last = (string?)line["error"] ?? (string)line["status"]!;
            if (!fill || (long?)line["completed"] is not > 1_000_000)
                continue;
            _disk.Fill();
            fill = false;
        }

        return last;
    }

    private async Task CreateAsync(string name, string weights, string store)
    {
        File.WriteAllText(
            _folder.Combine("Modelfile"), $"FROM {weights}\nPARAMETER temperature 0\nPARAMETER num_ctx 512\nPARAMETER num_predict 16\n");
        await RunAsync("create", name, "-f", _folder.Combine("Modelfile"), "--store", store);
    }

    private async Task RunAsync(params string[] arguments)
    {
        var outcome = await Executable.RunAsync(
            arguments, new Dictionary<string, string> { ["MODELOPS_HOME"] = _folder.Combine("client") });
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }
}
