using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>The care of the store, with a server and without one.</summary>
public class StoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Home => _folder.Combine("home");

    private string Store => Path.Combine(Home, "store");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_a_server_the_store_itself_is_read()
    {
        await CreateAsync("pico", ModelsRepository.Weights, "--store", Store);

        var list = await RunAsync("list");
        Assert.Contains("pico:latest", list.Output, StringComparison.Ordinal);
        Assert.Contains($"No server answers; this is what the store {Store} holds", list.Error, StringComparison.Ordinal);
        Assert.Contains("  Memory\n    weights     ", (await RunAsync("show", "pico")).Output, StringComparison.Ordinal);
        Assert.Contains("all whole", (await RunAsync("verify")).Output, StringComparison.Ordinal);
        Assert.Equal("0 files, 0 B would be removed\n", (await RunAsync("gc", "--dry-run")).Output);

        var refused = await RunAsync("gc");
        Assert.Equal((9, true), (refused.ExitCode, refused.Error.StartsWith("Error: no server answers at ", StringComparison.Ordinal)));
        Assert.Equal(9, (await RunAsync("verify", "--host", "127.0.0.1:1")).ExitCode);
        Assert.Equal(1, (await RunAsync("list", "--host", "127.0.0.1:1")).ExitCode);
    }

    [Fact]
    public async Task A_damaged_blob_is_set_aside_and_its_models_are_named()
    {
        await CreateAsync("pico", ModelsRepository.Weights, "--store", Store);
        var blob = Directory.GetFiles(Path.Combine(Store, "blobs")).MaxBy(path => new FileInfo(path).Length)!;
        using (var file = File.OpenWrite(blob))
        {
            file.Position = 4_000_000;
            file.WriteByte(1);
            file.WriteByte(2);
        }

        await using var daemon = await Daemon.StartAsync(null, Home, []);
        var told = await RunAsync("verify", "--report-only", "--output", "json", "--host", daemon.Address.ToString());
        var finding = Assert.Single(JsonNode.Parse(told.Output)!["findings"]!.AsArray())!;
        Assert.Equal((1, "damaged", "pico:latest"), (told.ExitCode, (string?)finding["problem"], (string?)finding["models"]![0]));
        Assert.True(File.Exists(blob));

        Assert.Equal(1, (await RunAsync("verify", "--host", daemon.Address.ToString())).ExitCode);
        Assert.False(File.Exists(blob));
        Assert.Single(Directory.GetFiles(Path.Combine(Store, "quarantine")));
    }

    [Fact]
    public async Task What_no_model_needs_is_found_by_a_dry_run_and_removed_by_the_server()
    {
        await using var daemon = await Daemon.StartAsync(null, Home, []);
        var host = daemon.Address.ToString();
        var unused = Path.Combine(Store, "blobs", "sha256-" + new string('a', 64));
        File.WriteAllText(unused, "left over");

        Assert.DoesNotContain(unused, (await RunAsync("gc", "--dry-run", "--host", host)).Output, StringComparison.Ordinal);
        Assert.Contains(unused, (await RunAsync("gc", "--dry-run", "--grace", "0s", "--host", host)).Output, StringComparison.Ordinal);
        Assert.True(File.Exists(unused));
        var removed = await RunAsync("gc", "--grace", "0s", "--host", host);
        Assert.Equal((0, false), (removed.ExitCode, File.Exists(unused)));
        Assert.EndsWith("1 file, 9 B removed\n", removed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_broken_off_work_left_goes_when_the_server_starts()
    {
        await CreateAsync("pico", ModelsRepository.Weights, "--store", Store);
        var before = Directory.GetFiles(Path.Combine(Store, "blobs")).Order(StringComparer.Ordinal).ToList();
        var (blob, writing, fresh) = (
            Old("sha256-" + new string('b', 64)), Old("writing-" + new string('0', 32)), Old("sha256-" + new string('c', 64)));
        File.SetLastWriteTimeUtc(fresh, DateTime.UtcNow);

        await using var daemon = await Daemon.StartAsync(null, Home, []);

        Assert.Equal((false, false, true), (File.Exists(blob), File.Exists(writing), File.Exists(fresh)));
        Assert.Equal(
            before.Append(fresh).Order(StringComparer.Ordinal),
            Directory.GetFiles(Path.Combine(Store, "blobs")).Order(StringComparer.Ordinal));
        await daemon.WaitAsync(
            "it told",
            () => Task.FromResult(daemon.Output.Contains("Removed 2 files that no model needs, 16 B", StringComparison.Ordinal)));

        string Old(string name)
        {
            var path = Path.Combine(Store, "blobs", name);
            File.WriteAllText(path, "left over"[..8]);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddHours(-2));
            return path;
        }
    }

    [Fact]
    public async Task Show_and_admission_say_the_same_and_the_engine_takes_the_same()
    {
        await CreateAsync("pico", ModelsRepository.Weights, "--store", Store);
        await using var daemon = await Daemon.StartAsync(null, Home, []);
        var host = daemon.Address.ToString();
        var there = JsonNode.Parse((await RunAsync("show", "pico", "--output", "json", "--host", host)).Output)!["memory"]!;
        var here = JsonNode.Parse((await RunAsync("show", "pico", "--output", "json", "--store", Store)).Output)!["memory"]!;
        Assert.Equal(there.ToJsonString(), here.ToJsonString());

        await daemon.AskAsync("pico", "Hello");
        var loaded = Assert.Single((await daemon.GetAsync("api/ps"))["models"]!.AsArray())!;
        Assert.Equal((int)there["context_length"]!, (int)loaded["context_length"]!);
        var taken = (double)loaded["size"]!;
        Assert.InRange((double)there["total"]! / taken, 0.98, 1.10);
    }

    [Fact]
    public async Task A_linked_file_that_was_edited_is_not_served_under_its_old_digest()
    {
        var weights = _folder.Combine("pico.gguf");
        File.Copy(ModelsRepository.Weights, weights);
        await CreateAsync("pico", weights, "--link", "--store", Store);
        await using var daemon = await Daemon.StartAsync(null, Home, []);
        await daemon.AskAsync("pico", "Hello");
        var host = daemon.Address.ToString();
        Assert.Equal(0, (await RunAsync("stop", "pico", "--host", host)).ExitCode);
        await daemon.WaitAsync("the model left", async () => (await daemon.GetAsync("api/ps"))["models"]!.AsArray().Count == 0);

        using (var file = File.OpenWrite(weights))
        {
            file.Position = 3_000_000;
            file.WriteByte(7);
            file.WriteByte(8);
        }

        var body = new JsonObject { ["model"] = "pico", ["prompt"] = "Hello", ["stream"] = false };
        var (status, reply) = await daemon.SendAsync(HttpMethod.Post, "api/generate", body);
        Assert.Equal(System.Net.HttpStatusCode.InternalServerError, status);
        Assert.Contains(
            $"{weights} was changed after it was linked into the store; import it again",
            (string)reply!["error"]!,
            StringComparison.Ordinal);
    }

    private async Task CreateAsync(string name, string weights, params string[] options)
    {
        File.WriteAllText(_folder.Combine("Modelfile"), $"FROM {weights}\nPARAMETER temperature 0\nPARAMETER num_ctx 512\n");
        var created = await RunAsync(["create", name, "-f", _folder.Combine("Modelfile"), .. options]);
        Assert.True(created.ExitCode == 0, created.Error);
    }

    private Task<Executable.Outcome> RunAsync(params string[] arguments) =>
        Executable.RunAsync(arguments, new Dictionary<string, string> { ["MODELOPS_HOME"] = Home, ["OLLAMA_HOST"] = "127.0.0.1:1" });
}
