using System.Text;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Native;
using ModelOps.Runtime.Tests.Engines;

namespace ModelOps.Runtime.Tests.Libraries;

public class EngineReleaseTests
{
    [Theory]
    [InlineData("0.18.0", "LLamaSharp 0.30.0")]
    [InlineData("0.25.1", "llama.cpp v0.5.0")]
    [InlineData("0.25.1-dirty", "llama.cpp v0.5.0")]
    [InlineData("0.25.10", null)]
    [InlineData("0.21.0", null)]
    [InlineData("", null)]
    public void A_release_is_recognised_by_the_version_of_ggml(string ggml, string? name) =>
        Assert.Equal(name, EngineRelease.OfGgml(ggml)?.Name);

    [Fact]
    public void A_release_does_not_go_by_the_version_of_another()
    {
        Assert.True(EngineRelease.V050.IsCalled("0.5.0-b1"));
        Assert.False(EngineRelease.V050.IsCalled("0.5.1"));
        Assert.False(EngineRelease.V050.IsCalled(null));
        Assert.True(EngineRelease.LLamaSharp.IsCalled(null));
    }

    [Fact]
    public void The_structs_of_the_release_in_use_lie_where_its_declarations_expect_them() =>
        Assert.True(LlamaLibrary.Loaded.Layouts.Fit());

    [Fact]
    public void The_library_in_use_names_exactly_the_architectures_that_its_release_is_said_to_know()
    {
        var names = File.ReadAllBytes(LibraryFiles.Find(FolderOfLlama(), LibraryFiles.Models));
        Assert.Equal(
            LlamaLibrary.Loaded.Release.NewArchitectures.Order(StringComparer.Ordinal),
            EngineRelease.All.SelectMany(release => release.NewArchitectures).Distinct().Order(StringComparer.Ordinal).Where(
                name => names.AsSpan().IndexOf(Encoding.ASCII.GetBytes($"\0{name}\0")) >= 0));
    }

    private static string FolderOfLlama()
    {
        var source = EngineSources.Find(Pico.Options.NativeFolder).Default;
        return VariantChoice.Of(source, null, ProcessorVectors.Level, 0).Folder is { } variant
            ? Path.Combine(source.Folder, variant)
            : source.Folder;
    }
}
