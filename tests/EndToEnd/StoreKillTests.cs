using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ModelOps.TestKit;
using ModelOps.TestKit.Generated;

namespace ModelOps.EndToEnd;

/// <summary>
/// The real program is killed at twenty random points of a pull, of an import and of a build. The next run goes on, and nothing that
/// is not whole was ever visible.
/// </summary>
public class StoreKillTests : IDisposable
{
    private const int Kills = 20;

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(20);

    private string Store => _folder.Combine("store");

    private string Blobs => Path.Combine(Store, "blobs");

    private string Modelfile => _folder.Combine("Modelfile");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_pull_is_resumed_and_ends_byte_for_byte()
    {
        await using var registry = await DockerRegistry.StartAsync(_folder.Combine("registry"));

        // Pico alone is gone in a moment; this takes a second of the bandwidth below.
        var weights = GeneratedModel.Write(ModelShape.Llama(512, 6, 8, 4, 1536, 2048), _folder.Combine("weights.gguf"));
        var name = registry.NameOf("m");
        File.WriteAllText(Modelfile, $"FROM {weights}\nSYSTEM Kept.\n");
        await RunAsync("create", name, "-f", Modelfile, "--store", Store);
        await RunAsync("push", name, "--insecure", "--store", Store);
        Directory.Delete(Store, recursive: true);
        await RunAsync("pull", name, "--insecure", "--store", Store);
        var expected = Contents();
        Assert.Contains(Hash(weights), expected.Values);
        Directory.Delete(Store, recursive: true);

        var bandwidth = $"{new FileInfo(weights).Length / 2}";
        var resumed = await KillAsync(["pull", name, "--insecure", "--store", Store], bandwidth, lastLine: 6);

        Assert.True(resumed > 0, "no run took up what the one before had fetched");
        await RunAsync("pull", name, "--insecure", "--store", Store);
        Assert.Equal(expected, Contents());
    }

    [Fact]
    public async Task A_killed_import_leaves_whole_models_only()
    {
        var weights = GeneratedModel.Write(ModelShape.Llama(1024, 8, 8, 4, 3072, 2048), _folder.Combine("weights.gguf"));
        File.WriteAllText(Modelfile, $"FROM {weights}\nSYSTEM Kept.\nPARAMETER temperature 0\n");

        // The first lines are those of the import, one for each tenth of the file.
        await KillAndCompareAsync(["create", "m", "-f", Modelfile, "--store", Store], lastLine: 12);
    }

    [Fact]
    public async Task A_killed_build_leaves_whole_models_only()
    {
        // Packing makes a build that takes long enough to be killed in its middle; the import of so small a file does not.
        File.WriteAllText(
            Modelfile,
            $"FROM {RepoRoot.Combine("examples", "models-repo", "weights", "pico-f16.gguf")}\nSYSTEM Kept.\nPARAMETER temperature 0\n");
        await KillAndCompareAsync(["create", "m", "-f", Modelfile, "--store", Store, "--quantize", "q4_K_M"], lastLine: 24);
    }

    private async Task KillAndCompareAsync(string[] create, int lastLine)
    {
        var expected = await FinishAsync(create);
        Directory.Delete(Store, recursive: true);

        await KillAsync(create, bandwidth: "", lastLine);

        Assert.Equal(expected, await FinishAsync(create));
    }

    /// <summary>What a store holds after a whole run, without what no model needs.</summary>
    private async Task<SortedDictionary<string, string>> FinishAsync(string[] create)
    {
        await RunAsync(create);
        await RunAsync("gc", "--grace", "0s", "--store", Store);
        return Contents();
    }

    /// <summary>Kills the command again and again, and returns how many runs took up a download.</summary>
    private async Task<int> KillAsync(string[] command, string bandwidth, int lastLine)
    {
        var (killed, resumed) = (0, 0);
        for (var runs = 0; killed < Kills; runs++)
        {
            Assert.True(runs < Kills * 4, $"only {killed} of {runs} runs could be killed at work");
            var before = Fetched();
            using var process = Executable.Start(
                command,
                new Dictionary<string, string> { ["MODELOPS_HOME"] = _folder.Combine("home"), ["MODELOPS_BANDWIDTH"] = bandwidth });

            // The point is random in what is done, not in the time that a program takes to start.
            var line = _random.Next(1, lastLine);
            while (line-- > 0 && await process.StandardError.ReadLineAsync() is not null)
            {
                // Its progress.
            }

            Thread.SpinWait(_random.Next(200_000));
            if (!process.HasExited)
            {
                process.Kill();
                killed++;
            }

            await process.WaitForExitAsync();
            resumed += before > 0 && Fetched() >= before ? 1 : 0;
            if (AssertWhole())
                Directory.Delete(Store, recursive: true);
        }

        return resumed;
    }

    /// <summary>Every blob is what its name says, and every model has all of its blobs. True when there is a model.</summary>
    private bool AssertWhole()
    {
        if (!Directory.Exists(Path.Combine(Store, "manifests")))
            return false;
        foreach (var blob in Directory.GetFiles(Blobs).Where(IsBlob))
            Assert.Equal(Path.GetFileName(blob)[7..], Hash(blob));
        var manifests = Directory.GetFiles(Path.Combine(Store, "manifests"), "*", SearchOption.AllDirectories)
            .Where(file => !Path.GetFileName(file).StartsWith('.'))
            .ToList();
        foreach (var manifest in manifests.Select(file => JsonNode.Parse(File.ReadAllText(file))!))
        {
            foreach (var layer in manifest["layers"]!.AsArray().Append(manifest["config"]))
                Assert.True(
                    File.Exists(Path.Combine(Blobs, ((string)layer!["digest"]!).Replace(':', '-'))),
                    "a model was visible without all of its blobs");
        }

        return manifests.Count > 0;
    }

    /// <summary>Bytes that are recorded; a run may have been killed before it recorded any of a part.</summary>
    private long Fetched() => !Directory.Exists(Blobs) ? 0 : Directory.GetFiles(Blobs, "*-partial-*").Select(File.ReadAllText)
        .Where(text => text.Length > 0)
        .Sum(text => (long?)JsonNode.Parse(text)?["Completed"] ?? 0);

    /// <summary>Names and digests of all files of the store's models.</summary>
    private SortedDictionary<string, string> Contents() => new(
        Directory.GetFiles(Blobs).Concat(Directory.GetFiles(Path.Combine(Store, "manifests"), "*", SearchOption.AllDirectories))
            .ToDictionary(file => Path.GetRelativePath(Store, file), Hash),
        StringComparer.Ordinal);

    private static bool IsBlob(string path) =>
        Path.GetFileName(path) is { Length: 71 } name && name.StartsWith("sha256-", StringComparison.Ordinal);

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private async Task RunAsync(params string[] arguments)
    {
        var outcome = await Executable.RunAsync(arguments, new Dictionary<string, string> { ["MODELOPS_HOME"] = _folder.Combine("home") });
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }
}
