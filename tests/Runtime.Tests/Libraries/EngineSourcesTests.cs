using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;

namespace ModelOps.Runtime.Tests.Libraries;

public sealed class EngineSourcesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-engines-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("engines/llamasharp", false, "llamasharp")]
    [InlineData("engines/llamacpp", false, "llamacpp")]
    [InlineData("engines/llamacpp engines/llamasharp", false, "llamasharp llamacpp")]
    [InlineData("engines/llamacpp engines/llamasharp", true, "llamacpp llamasharp")]
    public void The_packages_come_first_but_on_ARM_where_their_code_is_slow(string there, bool onArm, string expected)
    {
        Make(there);
        Assert.Equal(expected, string.Join(' ', EngineSources.Find(null, _folder, onArm).All.Select(source => source.Name)));
    }

    [Fact]
    public void A_folder_that_a_setting_names_is_the_only_one()
    {
        Make("engines/llamasharp engines/llamacpp mine");
        var only = Assert.Single(EngineSources.Find(Path.Combine(_folder, "mine"), _folder, onArm: false).All);
        Assert.Equal((EngineSource.Other, Path.Combine(_folder, "mine"), null), (only.Name, only.Folder, only.Release));
    }

    [Fact]
    public void A_folder_that_was_emptied_is_none()
    {
        Make("engines/llamacpp");
        Directory.CreateDirectory(Path.Combine(_folder, "engines", "llamasharp", "avx2"));
        Assert.Equal("llamacpp", Assert.Single(EngineSources.Find(null, _folder, onArm: false).All).Name);
    }

    [Fact]
    public void Where_there_is_none_the_folder_and_the_next_step_are_told()
    {
        var error = Assert.Throws<EngineUnavailableException>(() => EngineSources.Find(null, _folder, onArm: false));
        Assert.Contains(Path.Combine(_folder, "engines"), error.Message, StringComparison.Ordinal);
        Assert.Contains("MODELOPS_LLAMA_DIR", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("llama", "llamasharp", "the default")]
    [InlineData("", "llamasharp", "the default")]
    [InlineData("an-architecture-of-next-year", "llamasharp", "the default")]
    [InlineData("maple", "llamacpp", "only llama.cpp v0.5.0 knows the architecture maple")]
    [InlineData("llama maple", "llamacpp", "only llama.cpp v0.5.0 knows the architecture maple")]
    public void Weights_get_the_default_unless_only_another_knows_them_or_their_draft(string architectures, string source, string reason)
    {
        Make("engines/llamasharp engines/llamacpp");
        var choice = EngineSources.Find(null, _folder, onArm: false).Choose(new EngineNeeds([.. architectures.Split(' ')], 64));
        Assert.Equal((source, reason), (choice.Source.Name, choice.Reason));
    }

    [Fact]
    public void An_architecture_that_no_natives_know_is_told_with_the_release_that_does_and_the_build_property()
    {
        Make("engines/llamasharp");
        var error = Assert.Throws<EngineFailedException>(() => EngineSources.Find(null, _folder, onArm: false).Choose(new EngineNeeds(["qwen4exp"], 64)));
        Assert.All(
            ["qwen4exp", "llama.cpp v0.5.0", "LLamaSharp 0.30.0 (ggml 0.18.0)", "-p:LlamaBackend=both"],
            part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void On_the_newer_natives_alone_every_architecture_is_hosted()
    {
        Make("engines/llamacpp");
        var choice = EngineSources.Find(null, _folder, onArm: false).Choose(new EngineNeeds(["qwen4exp"], 64));
        Assert.Equal(("llamacpp", "there are no others"), (choice.Source.Name, choice.Reason));
    }

    [Theory]
    [InlineData("llama", true, "llamacpp", "only llama.cpp v0.5.0 uses this processor's tiles (AMX)")]
    [InlineData("maple", true, "llamacpp", "only llama.cpp v0.5.0 knows the architecture maple")]
    [InlineData("llama", false, "llamasharp", "the default")]
    public void Tiles_of_the_processor_are_used_where_they_are_needed(string architecture, bool usesTiles, string source, string reason)
    {
        Make("engines/llamasharp engines/llamacpp");
        File.WriteAllText(Path.Combine(_folder, "engines/llamacpp/libggml-cpu-sapphirerapids.so"), "");
        var choice = EngineSources.Find(null, _folder, onArm: false).Choose(new EngineNeeds([architecture], 64, usesTiles));
        Assert.Equal((source, reason), (choice.Source.Name, choice.Reason));
    }

    [Fact]
    public void Where_no_library_uses_tiles_the_default_hosts()
    {
        Make("engines/llamasharp engines/llamacpp");
        var choice = EngineSources.Find(null, _folder, onArm: false).Choose(new EngineNeeds(["llama"], 64, UsesTiles: true));
        Assert.Equal(("llamasharp", "the default"), (choice.Source.Name, choice.Reason));
    }

    private void Make(string folders)
    {
        foreach (var folder in folders.Split(' '))
        {
            Directory.CreateDirectory(Path.Combine(_folder, folder));
            File.WriteAllText(Path.Combine(_folder, folder, "libllama.so"), "");
        }
    }
}
