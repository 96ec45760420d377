using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;

namespace ModelOps.Runtime.Tests.Libraries;

public sealed class LibraryFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-libraries-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Code_for_another_device_is_loaded_with_the_variant_for_the_processor_between_its_own_libraries()
    {
        Write("avx2", "libggml-base.so libggml-cpu.so libggml.so libllama.so libmtmd.so");
        Write("cuda12", "libggml-base.so libggml-cuda.so libggml.so libllama.so libmtmd.so");

        var candidates = LibraryFiles.Of(_folder, "avx2");

        Assert.Equal(
            [
                "cuda12/libggml-base.so avx2/libggml-cpu.so cuda12/libggml-cuda.so cuda12/libggml.so cuda12/libllama.so",
                "avx2/libggml-base.so avx2/libggml-cpu.so avx2/libggml.so avx2/libllama.so",
            ],
            candidates.Select(InOrder));
    }

    [Fact]
    public void Where_there_is_one_variant_its_libraries_lie_beside_the_folder_of_the_device()
    {
        Write(".", "libggml-base.so libggml-cpu.so libggml.so libllama.so");
        Write("cuda12", "libggml-base.so libggml-cuda.so libggml.so libllama.so");

        Assert.Equal(
            [
                "cuda12/libggml-base.so libggml-cpu.so cuda12/libggml-cuda.so cuda12/libggml.so cuda12/libllama.so",
                "libggml-base.so libggml-cpu.so libggml.so libllama.so",
            ],
            LibraryFiles.Of(_folder, null).Select(InOrder));
    }

    [Fact]
    public void Variants_that_are_libraries_of_one_folder_are_left_to_the_registry()
    {
        Write(".", "libggml-base.so libggml-cpu-x64.so libggml-cpu-haswell.so libggml.v0.5.0.so libllama.v0.5.0.so libggml-cuda.so");
        Assert.Equal(["libggml-base.so libggml.v0.5.0.so libllama.v0.5.0.so"], LibraryFiles.Of(_folder, null).Select(InOrder));
        Assert.Equal(["haswell", "x64"], CpuVariants.In(_folder));
        Assert.Equal(EngineRelease.V050, LibraryFiles.ReleaseIn(_folder));
    }

    [Theory]
    [InlineData("libllama.v0.5.0.so", "0.5.0")]
    [InlineData("libllama.cuda.v0.5.0.so", "0.5.0")]
    [InlineData("libllama.vulkan.v0.5.0.so", "0.5.0")]
    [InlineData("libggml-vulkan.so", null)]
    [InlineData("libllama.so.1", null)]
    public void A_version_is_the_part_of_a_name_that_is_one(string file, string? version) =>
        Assert.Equal(version, LibraryFiles.VersionIn(file));

    [Theory]
    [InlineData("libggml-cpu.so libggml.so libllama.so", "libggml-base")]
    [InlineData("libggml-base.so libggml-cpu.so libllama.so", "libggml ")]
    [InlineData("libggml-base.so libggml-cpu.so libggml.so", "libllama")]
    public void A_missing_library_is_named(string files, string missing)
    {
        Write(".", files);
        var error = Assert.Throws<EngineUnavailableException>(() => LibraryFiles.Of(_folder, null));
        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
        Assert.Contains(_folder, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("libllama.so", "llama.", "so")]
    [InlineData("libllama.cuda.v0.5.0.so", "llama.", "cuda")]
    [InlineData("llama.dll", "llama.", "dll")]
    [InlineData("libllama.so.0", "llama.", "so")]
    [InlineData("libllama-common.so", "llama.", null)]
    [InlineData("llama.txt", "llama.", null)]
    public void Only_libraries_are_taken_for_such(string file, string start, string? part) =>
        Assert.Equal(part, LibraryFiles.PartBehind(file, start));

    [Fact]
    public void A_missing_library_of_the_system_is_told_with_its_package()
    {
        var packaged = new EngineSource(EngineSource.LLamaSharp, _folder, EngineRelease.LLamaSharp);
        Assert.Null(SystemLibraries.ProblemOf(packaged, _ => true));
        Assert.Null(SystemLibraries.ProblemOf(packaged with { Release = EngineRelease.V050 }, _ => false));
        if (!OperatingSystem.IsLinux())
            return;

        var problem = SystemLibraries.ProblemOf(packaged, _ => false)!;
        Assert.All(
            ["libgomp.so.1", "apt install libgomp1", "dnf install libgomp", "apk add libgomp"],
            part => Assert.Contains(part, problem, StringComparison.Ordinal));
        Assert.Equal(problem, SystemLibraries.Explain("libgomp.so.1: cannot open shared object file: No such file or directory"));
        Assert.Null(SystemLibraries.Explain("libcuda.so.1: cannot open shared object file"));
    }

    private string InOrder(LibraryFiles files) => string.Join(' ', files.InOrder.Select(path => Path.GetRelativePath(_folder, path)));

    private void Write(string folder, string files)
    {
        Directory.CreateDirectory(Path.Combine(_folder, folder));
        foreach (var file in files.Split(' '))
            File.WriteAllText(Path.Combine(_folder, folder, file), "");
    }
}
