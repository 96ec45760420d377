using System.Text.Json.Nodes;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.Runtime.Workers;

namespace ModelOps.Runtime.Tests.Workers;

public sealed class VariantTrialTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-variants-").FullName;

    private string Kept => Path.Combine(_folder, "variants.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_idle_machine_measures_and_the_next_load_uses_what_was_found()
    {
        await using var loader = WorkerEngineTests.Loader(Trying);
        var profile = Pico.Profile(slots: 2);
        var sources = loader.NativesFor(profile)!;
        await using (await loader.LoadAsync(profile, null, CancellationToken.None))
            await WaitAsync(() => File.Exists(Kept));

        var judgement = JsonNode.Parse(File.ReadAllText(Kept))!.AsArray().Single()!;
        var timed = judgement["timed"]!.AsArray();
        Assert.DoesNotContain("measured", sources.Reason!, StringComparison.Ordinal);
        Assert.All(timed, variant => Assert.All((string[])["one", "all", "prompt"], name => Assert.True((double)variant!["timings"]![name]! > 0)));
        Assert.Equal(timed.Count, timed.Select(variant => variant!["timings"]!["variant"]?.ToString()).Distinct().Count());
        Assert.False(File.Exists(Path.Combine(_folder, "variant-layer.gguf")));

        await using var next = await loader.LoadAsync(profile, null, CancellationToken.None);
        Assert.Equal(judgement["variant"]!.ToString(), next.Facts.Natives!.Variant);
        Assert.StartsWith("measured: ", next.Facts.Natives.Reason, StringComparison.Ordinal);
        Assert.Equal(next.Facts.Natives.Reason, loader.NativesFor(profile)!.Reason);
        Assert.NotEmpty((await next.RunAsync(await next.AskAsync("Why is the sky blue?"))).Text);
    }

    [Fact]
    public void A_named_variant_is_not_measured()
    {
        Assert.NotNull(WorkerNatives.Memory(Trying(WorkerEngineTests.Options())));
        Assert.Null(WorkerNatives.Memory(Trying(WorkerEngineTests.Options()) with { CpuVariant = "avx2" }));
        Assert.Null(WorkerNatives.Memory(WorkerEngineTests.Options()));
    }

    [Fact]
    public async Task Nothing_is_measured_while_there_are_requests()
    {
        await using var loader = WorkerEngineTests.Loader(options => Trying(options) with { QuietBeforeTrials = TimeSpan.FromMilliseconds(60) });
        await using var engine = await loader.LoadAsync(Pico.Profile(context: 4096), null, CancellationToken.None);

        for (var round = 0; round < 20; round++)
            Assert.NotEmpty((await engine.RunAsync(await engine.AskAsync($"Why is the sky blue? {round}", maxTokens: 8))).Text);
        var request = await engine.AskAsync("Count.", maxTokens: 1500)
            with
        { Sampling = new SamplingSettings { Temperature = 0, LogitBias = await engine.NoEndAsync() } };
        Assert.Equal(1500, (await engine.RunAsync(request)).Tokens.Length);
        Assert.False(File.Exists(Kept));

        await WaitAsync(() => File.Exists(Kept));
    }

    private WorkerOptions Trying(WorkerOptions options) => options with
    {
        VariantFile = Kept,
        QuietBeforeTrials = TimeSpan.FromMilliseconds(30),
        BusyNeighbour = 1,
    };

    private static async Task WaitAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!isSo())
            await Task.Delay(20, patience.Token);
    }
}
