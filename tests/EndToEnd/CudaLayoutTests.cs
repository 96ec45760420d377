namespace ModelOps.EndToEnd;

/// <summary>
/// The layout that the package for GPUs adds: a folder with every library but the one for the processor. Its files are those for the
/// processor here, under the names that it has.
/// </summary>
public sealed class CudaLayoutTests : IDisposable
{
    private const string Question = "Why is the sky blue?";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_libraries_of_the_device_are_taken_with_the_processors_library_of_the_variant()
    {
        var natives = Layout();
        File.Copy(Path.Combine(natives, "avx", "libggml-base.so"), Path.Combine(natives, "cuda12", "libggml-cuda.so"));

        var (answer, loaded) = await ServeAsync(natives);

        Assert.Contains("blue", answer, StringComparison.Ordinal);
        Assert.Equal(
            ["cuda12/libggml-base.so", "cuda12/libggml-cuda.so", "cuda12/libggml.so", "cuda12/libllama.so"],
            loaded.Where(file => !file.Contains("libggml-cpu", StringComparison.Ordinal)));
        var processor = Assert.Single(loaded, file => file.Contains("libggml-cpu", StringComparison.Ordinal));
        Assert.NotEqual("cuda12", Path.GetDirectoryName(processor));
    }

    [Fact]
    public async Task Where_the_device_cannot_be_used_the_variant_serves_alone()
    {
        var natives = Layout();
        File.WriteAllText(Path.Combine(natives, "cuda12", "libggml-cuda.so"), "needs a driver that is not there");

        var (answer, loaded) = await ServeAsync(natives);

        Assert.Contains("blue", answer, StringComparison.Ordinal);
        Assert.Equal(["cuda12/libggml-base.so"], loaded.Where(file => file.StartsWith("cuda12/", StringComparison.Ordinal)));
        Assert.Equal(
            ["libggml-cpu.so", "libggml.so", "libllama.so"],
            loaded.Where(file => !file.StartsWith("cuda12/", StringComparison.Ordinal)).Select(Path.GetFileName));
    }

    /// <summary>The natives of the packages, and beside their variants a folder without a library for the processor.</summary>
    private string Layout()
    {
        var package = Path.Combine(Path.GetDirectoryName(Executable.Path)!, "engines", "llamasharp");
        Assert.SkipUnless(Directory.Exists(Path.Combine(package, "avx2")), "the packages' natives for x64 are not beside the executable");
        var natives = _folder.Combine("natives");
        foreach (var variant in Directory.EnumerateDirectories(package))
            Copy(variant, Path.Combine(natives, Path.GetFileName(variant)));
        Copy(Path.Combine(package, "avx"), Path.Combine(natives, "cuda12"));
        File.Delete(Path.Combine(natives, "cuda12", "libggml-cpu.so"));
        return natives;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }

    /// <summary>Asks the example served with some natives.</summary>
    /// <returns>The answer, and the files of the natives that its worker has in memory, in order.</returns>
    private async Task<(string Answer, IReadOnlyList<string> Loaded)> ServeAsync(string natives)
    {
        var repository = ModelsRepository.FromExample(_folder.Combine("models"));
        await using var daemon = await Daemon.StartWithAsync(
            new Dictionary<string, string> { ["MODELOPS_LLAMA_DIR"] = natives }, repository.Path, _folder.Combine("home"));
        await daemon.WaitAsync("ready", async () => (bool)(await daemon.GetAsync("modelops/v1/status"))["ready"]!);
        var answer = await daemon.AskAsync("assistant", Question);
        var loaded = (await File.ReadAllLinesAsync($"/proc/{daemon.Workers()[0]}/maps"))
            .Select(line => line[(line.LastIndexOf(' ') + 1)..]).Where(file => file.StartsWith(natives, StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(natives, file)).Distinct().Order(StringComparer.Ordinal);
        return (answer, [.. loaded]);
    }
}
