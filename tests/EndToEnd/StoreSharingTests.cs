using System.Security.Cryptography;
using ModelOps.TestKit.Generated;

namespace ModelOps.EndToEnd;

/// <summary>Several real processes on one store.</summary>
public class StoreSharingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_processes_that_pull_one_model_fetch_it_once_and_both_succeed()
    {
        await using var registry = await DockerRegistry.StartAsync(_folder.Combine("registry"));
        var weights = GeneratedModel.Write(ModelShape.Llama(512, 6, 8, 4, 1536, 2048), _folder.Combine("weights.gguf"));
        var hex = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(weights)));
        var name = registry.NameOf("m");
        File.WriteAllText(_folder.Combine("Modelfile"), $"FROM {weights}\n");
        await RunAsync("here", "create", name, "-f", _folder.Combine("Modelfile"));
        await RunAsync("here", "push", name, "--insecure");

        // At this bandwidth a pull takes a second, and so both are at work at the same time.
        var bandwidth = $"{new FileInfo(weights).Length}";
        var outcomes = await Task.WhenAll(PullAsync(), PullAsync(), PullAsync());

        Assert.All(
            outcomes,
            outcome => Assert.True(outcome.ExitCode == 0 && outcome.Error.EndsWith("success\n", StringComparison.Ordinal), outcome.Error));
        Assert.Equal(hex, Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder.Combine("there", "blobs", "sha256-" + hex)))));
        Assert.Equal(new FileInfo(weights).Length, registry.Sent(hex));
        Assert.Empty(Directory.GetFiles(_folder.Combine("there", "blobs"), "*-partial*"));

        Task<Executable.Outcome> PullAsync() => Executable.RunAsync(
            ["pull", name, "--insecure", "--store", _folder.Combine("there")],
            new Dictionary<string, string> { ["MODELOPS_HOME"] = _folder.Combine("home"), ["MODELOPS_BANDWIDTH"] = bandwidth });
    }

    [Fact]
    public async Task A_pull_goes_through_the_proxy_of_the_environment()
    {
        await using var registry = await DockerRegistry.StartAsync(_folder.Combine("registry"));
        File.WriteAllText(_folder.Combine("Modelfile"), $"FROM {ModelsRepository.Weights}\n");
        await RunAsync("here", "create", registry.NameOf("m"), "-f", _folder.Combine("Modelfile"));
        await RunAsync("here", "push", registry.NameOf("m"), "--insecure");
        using var proxy = new PlainProxy(registry.Port);

        // Nobody knows this host but the proxy.
        const string Name = "registry.invalid:5000/lab/m:latest";
        var environment = new Dictionary<string, string>
        {
            ["MODELOPS_HOME"] = _folder.Combine("home"), ["http_proxy"] = $"http://127.0.0.1:{proxy.Port}",
        };
        var outcome = await Executable.RunAsync(["pull", Name, "--insecure", "--store", _folder.Combine("there")], environment);

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.True(proxy.Connections > 0);
        Assert.True(File.Exists(_folder.Combine("there", "manifests", "registry.invalid:5000", "lab", "m", "latest")));
    }

    private async Task RunAsync(string store, params string[] arguments)
    {
        var outcome = await Executable.RunAsync(
            [.. arguments, "--store", _folder.Combine(store)],
            new Dictionary<string, string> { ["MODELOPS_HOME"] = _folder.Combine("home") });
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }
}
