using ModelOps.ModelStore.Gguf;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Libraries;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.Runtime.Variants;

namespace ModelOps.Runtime.Tests.Variants;

public sealed class VariantJudgementTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-variants-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_request_is_its_prompt_and_its_answer_half_of_it_among_others()
    {
        // 256 tokens of prompt in 0.5 s; 64 tokens alone at 10 ms; 64 more of which each takes a quarter of a step of 20 ms.
        Assert.Equal(0.5 + 0.64 + 0.32, new StepTimings(0.010, 0.020, 0.5, 4, null).Request, 6);
    }

    [Theory]
    [InlineData(1.0, "avx2", "measured: of 2 variants none is faster")]
    [InlineData(0.98, "avx2", "measured: of 2 variants none is faster")]
    [InlineData(0.5, "avx512", "measured: a request takes 0.50 of the time that it takes with avx2 of llamasharp")]
    public void What_is_faster_than_the_rule_by_more_than_noise_is_taken(double share, string variant, string reason)
    {
        var judgement = VariantJudgement.Of(
            "key",
            [new("llamasharp", Timings("avx2", 1)), new("llamasharp", Timings("avx512", share))],
            headWidth: 64,
            DateTimeOffset.UnixEpoch);

        Assert.Equal(("llamasharp", variant, reason), (judgement.Source, judgement.Variant, judgement.Reason));
    }

    /// <summary>As measured: alone the narrower one takes less time with six slots, but both by turns take the least.</summary>
    [Theory]
    [InlineData(64, true, "zen4")]
    [InlineData(64, false, "haswell")]
    [InlineData(32, true, "haswell")]
    public void The_wider_variant_is_judged_with_the_one_that_would_lie_beside_it(int headWidth, bool isShared, string variant)
    {
        var wide = new StepTimings(0.0167, 0.0788, 0.695, 6, "zen4") { IsShared = isShared };
        var narrow = new StepTimings(0.0169, 0.0574, 0.792, 6, "haswell") { IsShared = isShared };

        var judgement = VariantJudgement.Of(
            "key", [new("llamacpp", wide), new("llamacpp", narrow)], headWidth, DateTimeOffset.UnixEpoch);

        Assert.Equal(variant, judgement.Variant);
    }

    [Fact]
    public void Judgements_are_remembered_and_a_damaged_file_is_measured_anew()
    {
        var path = Path.Combine(_folder, "variants.json");
        var judgement = VariantJudgement.Of("key", [new("llamasharp", Timings("avx2", 1))], headWidth: 64, DateTimeOffset.UnixEpoch);

        new VariantMemory(path).Add(judgement with { Reason = "what was said before" });
        new VariantMemory(path).Add(judgement);

        var found = new VariantMemory(path).Find("key")!;
        Assert.Equal(judgement with { Timed = [] }, found with { Timed = [] });
        Assert.Equal(judgement.Timed.AsEnumerable(), found.Timed);
        Assert.Null(new VariantMemory(path).Find("other"));
        foreach (var damaged in (string[])["", "null", "{", "[1]"])
        {
            File.WriteAllText(path, damaged);
            Assert.Null(new VariantMemory(path).Find("key"));
        }
    }

    [Fact]
    public void A_judgement_is_for_one_shape_its_slots_and_these_libraries()
    {
        var sources = EngineSources.Find(Pico.Options.NativeFolder);
        var file = GgufFile.Read(Pico.Path);
        var key = VariantKey.Of(file, Pico.Profile(), sources, 2);

        Assert.Equal(key, VariantKey.Of(file, Pico.Profile(context: 1024), sources, 2));
        Assert.NotEqual(key, VariantKey.Of(file, Pico.Profile(slots: 3), sources, 2));
        Assert.NotEqual(key, VariantKey.Of(file, Pico.Profile(), sources, 4));
        Assert.NotEqual(key, VariantKey.Of(file, Pico.Profile() with { KvCacheType = "q8_0" }, sources, 2));
        Assert.NotEqual(key, VariantKey.Of(file, Pico.Profile(), EngineSources.Find(sources.All[0].Folder), 2));
    }

    [Theory]
    [InlineData("cpu  10 20 30 400 50 6 7 8 9 1", 81, 531)]
    [InlineData("cpu0 10 20 30 400 50 6 7 8 9 1", 0, 0)]
    [InlineData("", 0, 0)]
    public void The_system_tells_what_the_processors_do(string line, long busy, long all) =>
        Assert.Equal((busy, all), ProcessorUse.In(line));

    private static StepTimings Timings(string variant, double times) => new(0.01 * times, 0.02 * times, 0.5 * times, 4, variant);
}
