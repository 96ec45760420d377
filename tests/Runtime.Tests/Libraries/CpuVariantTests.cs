using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Native;

namespace ModelOps.Runtime.Tests.Libraries;

public sealed class CpuVariantTests : IDisposable
{
    private const string Processor = """
        processor	: 0
        flags		: fpu vme sse sse2 avx fma f16c avx2 {0}
        bogomips	: 4800.00

        processor	: 1
        flags		: fpu avx512f
        """;

    private static readonly string[] s_packaged = ["noavx", "avx", "avx2", "avx512"];
    private static readonly string[] s_flat = ["x64", "sandybridge", "haswell", "skylakex", "zen4"];

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-variants-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("Avx512", 64, "avx512")]
    [InlineData("Avx512", 0, "avx512")]
    [InlineData("Avx512", 32, "avx2")]
    [InlineData("Avx2", 128, "avx2")]
    [InlineData("Avx", 128, "avx")]
    [InlineData("Basic", 128, "noavx")]
    public void The_widest_that_the_processor_has_and_that_the_heads_fill_computes(string processor, int headWidth, string variant) =>
        Assert.Equal(variant, CpuVariants.Choose(s_packaged, Enum.Parse<VectorLevel>(processor), headWidth));

    [Fact]
    public void Where_the_best_is_missing_the_next_computes_and_where_all_are_too_wide_nothing_does()
    {
        Assert.Equal("avx", CpuVariants.Choose(["noavx", "avx", "avx512"], VectorLevel.Avx2, 128));
        Assert.Null(CpuVariants.Choose(["avx512"], VectorLevel.Avx2, 128));
    }

    [Theory]
    [InlineData("avx512", 64, true)]
    [InlineData("zen4", 128, true)]
    [InlineData("skylakex", 64, true)]
    [InlineData("avx2", 64, false)]
    [InlineData("haswell", 64, false)]
    [InlineData("avx512", 32, false)]
    [InlineData("avx512", 0, false)]
    [InlineData(null, 64, false)]
    public void Beside_the_widest_vectors_narrower_ones_may_compute_where_the_heads_fill_both(string? chosen, int headWidth, bool may)
    {
        Assert.Equal(may ? ["avx2"] : [], CpuVariants.Beside(chosen, s_packaged, headWidth));
        Assert.Equal(may ? ["alderlake", "haswell"] : [], CpuVariants.Beside(chosen, [.. s_flat, "alderlake"], headWidth));
        Assert.Empty(CpuVariants.Beside(chosen, ["avx512", "zen4"], headWidth));
    }

    [Theory]
    [InlineData("avx2", "avx2", "haswell")]
    [InlineData("cpu_avx2", "avx2", "haswell")]
    [InlineData("cpu_avx", "avx", "sandybridge")]
    [InlineData("cpu", "noavx", "x64")]
    [InlineData("haswell", "avx2", "haswell")]
    [InlineData("zen4", null, "zen4")]
    [InlineData("cuda_v12", null, null)]
    [InlineData("avx1024", null, null)]
    public void A_variant_is_found_by_its_name_by_that_of_the_corresponding_one_and_as_the_reference_spells_it(
        string asked, string? packaged, string? flat)
    {
        Assert.Equal(packaged, CpuVariants.Find(asked, s_packaged));
        Assert.Equal(flat, CpuVariants.Find(asked, s_flat));
    }

    [Fact]
    public void What_the_processor_cannot_run_is_refused_with_the_list()
    {
        foreach (var variant in s_packaged)
            Write(variant, "libggml-cpu.so");
        var source = new EngineSource(EngineSource.LLamaSharp, _folder, EngineRelease.LLamaSharp);

        Assert.Equal("avx", VariantChoice.Of(source, "cpu_avx", VectorLevel.Avx2, 128).Folder);
        var error = Assert.Throws<EngineUnavailableException>(() => VariantChoice.Of(source, "avx512", VectorLevel.Avx2, 128));
        Assert.Contains("avx, avx2, avx512, noavx", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Libraries_that_lie_in_one_folder_choose_by_themselves_unless_the_heads_are_narrow()
    {
        foreach (var variant in s_flat)
            Write(".", $"libggml-cpu-{variant}.so");
        var source = new EngineSource(EngineSource.LlamaCpp, _folder, EngineRelease.V050);

        Assert.Equal(new VariantChoice(null, null, IsAsked: false), VariantChoice.Of(source, null, VectorLevel.Avx512, 64));
        Assert.Equal(new VariantChoice("haswell", null, IsAsked: false), VariantChoice.Of(source, null, VectorLevel.Avx512, 32));
        Assert.Equal(new VariantChoice("zen4", null, IsAsked: true), VariantChoice.Of(source, "zen4", VectorLevel.Avx512, 32));
    }

    // Registers: leaf 1 has SSE 4.2 (20), AVX (28), FMA (12), F16C (29) and "the system saves" (27); leaf 7 BMI2 (8), AVX2 (5) and AVX-512.
    [Theory]
    [InlineData(0x38101000, unchecked((int)0xD0030120), "Avx512", "Avx512")]
    [InlineData(0x38101000, unchecked((int)0xD0030120), "Avx2", "Avx2")]
    [InlineData(0x38101000, unchecked((int)0xD0030120), "Basic", "Basic")]
    [InlineData(0x38101000, unchecked((int)0xD0030120), null, "Avx2")]
    [InlineData(0x38101000, 0x00010120, "Avx512", "Avx2")]
    [InlineData(0x38101000, 0x00000100, "Avx512", "Avx")]
    [InlineData(0x38101000, 0x00000020, "Avx512", "Basic")]
    [InlineData(0x18100000, 0x00000120, "Avx512", "Basic")]
    [InlineData(0x30101000, 0x00000120, "Avx512", "Basic")]
    public void The_processor_must_have_all_of_a_level_and_the_system_must_save_its_registers(
        int basic, int extended, string? saved, string level)
    {
        var found = ProcessorVectors.LevelOf(
            (leaf, _) => leaf switch { 0 => (16, 0, 0, 0), 1 => (0, 0, basic, 0), 7 => (0, extended, 0, 0), _ => (0, 832, 0, 0) },
            saved is null ? null : Enum.Parse<VectorLevel>(saved));
        Assert.Equal(Enum.Parse<VectorLevel>(level), found);
    }

    [Fact]
    public void An_old_processor_is_asked_no_more_than_it_can_answer() =>
        Assert.Equal(
            VectorLevel.Basic,
            ProcessorVectors.LevelOf(
                (leaf, _) => leaf <= 1 ? (1, 0, -1, 0) : throw new InvalidOperationException("unknown leaf"), VectorLevel.Avx512));

    [Theory]
    [InlineData("avx512f avx512bw", "Avx512")]
    [InlineData("sha_ni", "Avx2")]
    public void What_the_system_saves_is_read_from_the_first_processor_of_its_list(string more, string level) =>
        Assert.Equal(
            Enum.Parse<VectorLevel>(level),
            ProcessorVectors.SavedBy(Processor.Replace("{0}", more, StringComparison.Ordinal)));

    [Fact]
    public void A_list_without_a_word_about_it_says_nothing()
    {
        Assert.Null(ProcessorVectors.SavedBy(""));
        Assert.Null(ProcessorVectors.SavedBy("processor\t: 0\nmodel name\t: avx\n"));
        Assert.Equal(VectorLevel.Basic, ProcessorVectors.SavedBy("flags\t\t: fpu sse2\n"));
    }

    private void Write(string folder, string file)
    {
        Directory.CreateDirectory(Path.Combine(_folder, folder));
        File.WriteAllText(Path.Combine(_folder, folder, file), "");
    }
}
