using System.Text.Json.Nodes;
using ModelOps.TestKit.Generated;

namespace ModelOps.EndToEnd;

/// <summary>Two sources of the engine beside one executable, and what people are told of them.</summary>
public class EngineSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static string Engines => Path.Combine(Path.GetDirectoryName(Executable.Path)!, "engines");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_model_that_only_the_newer_release_knows_is_served_beside_one_on_the_default()
    {
        Assert.SkipUnless(Has("llamasharp") && Has("llamacpp"), "built with one source of the engine: -p:LlamaBackend=both has two");

        var newest = GeneratedModel.Write(ModelShape.Newest, _folder.Combine("newest.gguf"));
        File.WriteAllText(
            _folder.Combine("Newest"), $"FROM {newest}\nTEMPLATE {{{{ .Prompt }}}}\nPARAMETER num_predict 8\nPARAMETER num_ctx 256\n");
        File.WriteAllText(_folder.Combine("Pico"), $"FROM {ModelsRepository.Weights}\nPARAMETER temperature 0\n");
        await using var daemon = await Daemon.StartAsync(null, _folder.Combine("home"));
        var host = daemon.Address.ToString();
        foreach (var file in (string[])["Newest", "Pico"])
            Assert.Equal(0, (await Executable.RunAsync(["create", file.ToLowerInvariant(), "-f", _folder.Combine(file), "--host", host])).ExitCode);

        Assert.Contains("Tokyo", await daemon.AskAsync("pico", "What is the capital of Japan?"), StringComparison.Ordinal);
        Assert.NotEmpty(await daemon.AskAsync("newest", "Hello"));

        var status = JsonNode.Parse(await daemon.Http.GetStringAsync("modelops/v1/status"))!["runtime"]!;
        var engines = status["engines"]!.AsArray().ToDictionary(engine => (string)engine!["models"]![0]!, engine => engine!["natives"]!);
        Assert.Equal(["llamasharp", "llamacpp"], status["natives"]!.AsArray().Select(natives => (string)natives!["source"]!));
        Assert.Equal(
            ("llamasharp", "0.18.0", "the default"),
            ((string)engines["pico:latest"]["source"]!, (string)engines["pico:latest"]["ggml"]!, (string)engines["pico:latest"]["reason"]!));
        Assert.Equal(
            ("llamacpp", "0.25.1", "only llama.cpp v0.5.0 knows the architecture muse-glimmer"),
            ((string)engines["newest:latest"]["source"]!, (string)engines["newest:latest"]["ggml"]!, (string)engines["newest:latest"]["reason"]!));
        Assert.All(engines.Values, natives => Assert.StartsWith("CPU", (string?)natives["devices"]![0], StringComparison.Ordinal));

        var shown = await Executable.RunAsync(["show", "newest", "--measure", "--host", host]);
        Assert.Contains("only llama.cpp v0.5.0 knows the architecture muse-glimmer", shown.Output, StringComparison.Ordinal);
        Assert.Contains("(measured)", shown.Output, StringComparison.Ordinal);
        Assert.Contains(
            "llamacpp: only llama.cpp v0.5.0 knows the architecture muse-glimmer", OneLine(daemon.Output), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_version_tells_every_source_its_release_its_variant_and_what_it_computes_on()
    {
        var outcome = await Executable.RunAsync(["--version", "--verbose"]);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        Assert.StartsWith("modelops ", outcome.Output, StringComparison.Ordinal);
        Assert.Matches("release  (LLamaSharp|llama.cpp) ", outcome.Output);
        Assert.Contains("devices  CPU", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cpu-variant", "avx1024")]
    [InlineData(null, "cpu_avx1024")]
    public async Task A_variant_that_is_not_there_is_refused_with_those_that_are(string? option, string variant)
    {
        string[] arguments = ["serve", "--home", _folder.Combine("home"), "--listen", $"127.0.0.1:{Daemon.FreePort()}"];
        var outcome = option is not null
            ? await Executable.RunAsync([.. arguments, option, variant])
            : await Executable.RunAsync(arguments, new Dictionary<string, string> { ["OLLAMA_LLM_LIBRARY"] = variant });
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains(variant, outcome.Error, StringComparison.Ordinal);
        Assert.Contains(Has("llamasharp") ? "avx2" : "haswell", outcome.Error, StringComparison.Ordinal);
    }

    private static bool Has(string source) => Directory.Exists(Path.Combine(Engines, source)) &&
        Directory.EnumerateFiles(Path.Combine(Engines, source), "*llama*", SearchOption.AllDirectories).Any();

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
