using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Hosting;

namespace ModelOps.Runtime.Tests.Engines;

public sealed class EngineLibraryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-natives-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_libraries_beside_the_executable_are_accepted() => EngineLibrary.Check(Pico.Options);

    [Theory]
    [InlineData("libllama.v0.5.0.so libggml.v0.5.0.so libggml-base.so libggml-cpu-x64.so", null)]
    [InlineData("libllama.so.0 libggml.so libggml-base.so libggml-cpu.so", null)]
    [InlineData("", "missing")]
    [InlineData("libllama.v0.5.0.so libggml.v0.5.0.so libggml-cpu-x64.so", "libggml-base")]
    [InlineData("libllama.v0.4.9.so libggml.v0.5.0.so libggml-base.so libggml-cpu-x64.so", "0.4.9")]
    [InlineData("libllama.v0.5.0.so libggml.v0.5.0.so libggml-base.so", "libggml-cpu")]
    public void Missing_files_and_other_releases_are_told_without_loading(string files, string? told)
    {
        foreach (var file in files.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            File.WriteAllText(Path.Combine(_folder, file), "no library at all");

        if (told is null)
            EngineLibrary.Check(Pico.Options with { NativeFolder = _folder });
        else
            Assert.Contains(
                told, Assert.Throws<EngineUnavailableException>(() => EngineLibrary.Check(Pico.Options with { NativeFolder = _folder })).Message, StringComparison.Ordinal);
    }
}
