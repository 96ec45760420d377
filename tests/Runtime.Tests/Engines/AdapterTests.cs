using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Tests.Workers;
using ModelOps.TestKit.Generated;

namespace ModelOps.Runtime.Tests.Engines;

/// <summary>LoRA adapters on the weights of the demo model.</summary>
public sealed class AdapterTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-adapter-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_adapter_changes_what_is_said_as_strongly_as_its_scale_says()
    {
        var plain = await AnswerAsync([]);

        Assert.Equal(plain.Text, (await AnswerAsync([Adapter(scale: 0)])).Text);
        Assert.NotEqual(plain.Text, (await AnswerAsync([Adapter(scale: 1)])).Text);
        Assert.NotEqual(plain.Logprobs[0].Logprob, (await AnswerAsync([Adapter(scale: 0.1f)])).Logprobs[0].Logprob);
    }

    [Fact]
    public async Task Several_adapters_add_up()
    {
        var once = await AnswerAsync([Adapter(scale: 1)]);
        var inHalves = await AnswerAsync([Adapter(scale: 0.5f), Adapter(scale: 0.5f)]);
        var against = await AnswerAsync([Adapter(scale: 1), Adapter(scale: -1)]);

        Assert.Equal(once.Text, inHalves.Text);
        Assert.Equal((await AnswerAsync([])).Text, against.Text);
    }

    [Fact]
    public async Task Engines_with_and_without_an_adapter_share_the_weights_in_one_worker()
    {
        await using var loader = WorkerEngineTests.Loader();
        await using var plain = await loader.LoadAsync(Pico.Profile(), null, CancellationToken.None);
        await using var adapted = await loader.LoadAsync(Profile([Adapter(scale: 1)]), null, CancellationToken.None);
        var question = await plain.AskAsync("Why is the sky blue?");

        var answers = await Task.WhenAll(plain.RunAsync(question), adapted.RunAsync(question));

        Assert.Equal(plain.WorkerProcess, adapted.WorkerProcess);
        Assert.Equal((await AnswerAsync([])).Text, answers[0].Text);
        Assert.Equal((await AnswerAsync([Adapter(scale: 1)])).Text, answers[1].Text);
    }

    [Fact]
    public void Profiles_that_differ_in_a_scale_are_not_the_same_engine() => Assert.NotEqual(
        LoadProfileDigest.Of(Profile([Adapter(scale: 1)])), LoadProfileDigest.Of(Profile([Adapter(scale: 0.5f)])));

    [Fact]
    public async Task An_adapter_for_another_model_is_refused_and_the_weights_are_let_go()
    {
        var other = GeneratedAdapter.Write(Path.Combine(_folder, "other.gguf"), width: 128, layers: 2);
        await using var loader = Pico.Loader();

        var error = await Assert.ThrowsAsync<EngineFailedException>(
            () => loader.LoadAsync(Profile([new AdapterSpec(other)]), null, CancellationToken.None));

        Assert.StartsWith("its adapter cannot be applied to its weights: ", error.Message, StringComparison.Ordinal);
        await using var engine = await loader.LoadAsync(Pico.Profile(), null, CancellationToken.None);
        Assert.Equal(3, (await engine.RunAsync(await engine.AskAsync("Why is the sky blue?", maxTokens: 3))).Tokens.Length);
    }

    private static async Task<Pico.Answer> AnswerAsync(AdapterSpec[] adapters)
    {
        await using var engine = await Pico.Loader().LoadAsync(Profile(adapters), null, CancellationToken.None);
        return await engine.RunAsync(await engine.AskAsync("Why is the sky blue?") with { TopLogprobs = 0 });
    }

    private static LoadProfile Profile(AdapterSpec[] adapters) => Pico.Profile() with { Adapters = [.. adapters] };

    private AdapterSpec Adapter(float scale)
    {
        var path = Path.Combine(_folder, "adapter.gguf");
        if (!File.Exists(path))
            GeneratedAdapter.Write(path, width: 256, layers: 4, strength: 0.5f);
        return new AdapterSpec(path, scale);
    }
}
