using ModelOps.Runtime.Engines;
using ModelOps.TestKit.Generated;

namespace ModelOps.Runtime.Tests.Engines;

/// <summary>What a load profile says is what the engine does.</summary>
public sealed class LoadSettingsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-settings-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("f32", 32)]
    [InlineData("f16", 16)]
    [InlineData("bf16", 16)]
    [InlineData("q8_0", 8.5)]
    [InlineData("q4_0", 4.5)]
    public async Task The_type_of_the_cache_decides_its_bytes_and_answers_stay_sensible(string type, double bitsANumber)
    {
        await using var engine = await LoadAsync(Pico.Profile(1024) with { KvCacheType = type });

        var answer = await engine.RunAsync(await engine.AskAsync("What is the capital of Japan?"));

        // The engine tells hundredths of a mebibyte.
        Assert.Equal(1024 * 4 * 2 * 128 * bitsANumber / 8, engine.Facts.Memory.KeyValueCache, 10_000.0);
        Assert.Contains("Tokyo", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_packed_cache_needs_flash_attention_and_is_refused_without()
    {
        var error = await Assert.ThrowsAsync<EngineFailedException>(
            () => LoadAsync(Pico.Profile() with { KvCacheType = "q8_0", FlashAttention = false }));

        Assert.Contains("flash_attn", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_cache_type_is_refused_with_those_there_are()
    {
        var error = await Assert.ThrowsAsync<EngineFailedException>(() => LoadAsync(Pico.Profile() with { KvCacheType = "q7" }));

        Assert.Contains("q8_0", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [InlineData(null)]
    public async Task Attention_of_either_kind_and_weights_of_either_way_answer_alike(bool? on)
    {
        await using var engine = await LoadAsync(Pico.Profile() with { FlashAttention = on, UseMmap = on });

        var answer = await engine.RunAsync(await engine.AskAsync("What is the capital of Japan?"));

        Assert.Contains("Tokyo", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_start_that_a_request_keeps_survives_a_shift()
    {
        await using var engine = await LoadAsync(Pico.Profile(128));
        var request = await engine.AskAsync("Count to five.", maxTokens: 500);
        request = request with
        {
            Sampling = new SamplingSettings { Temperature = 0, LogitBias = await engine.NoEndAsync() },
            Keep = request.Prompt.Length
        };
        await engine.RunAsync(request);

        // What is kept in front of the gap is what was computed, so the same prompt finds it.
        Assert.Equal(request.Prompt.Length - 1, (await engine.RunAsync(request with { MaxTokens = 1 })).End.Usage.CachedTokens);
        Assert.InRange((await engine.RunAsync(request with { Keep = 4 })).End.Usage.GeneratedTokens, 500, 500);
    }

    [Fact]
    public async Task A_recurrent_state_cannot_shift_so_a_full_context_ends_the_answer()
    {
        var path = GeneratedModel.Write(ModelShape.Recurrent, Path.Combine(_folder, "recurrent.gguf"));
        await using var engine = await LoadAsync(Pico.Profile(128) with { Weights = path });
        var request = await engine.AskAsync("Count to five.", maxTokens: 500);

        var answer = await engine.RunAsync(request
            with
        { Shift = true, Sampling = new SamplingSettings { Temperature = 1, Seed = 1, LogitBias = await engine.NoEndAsync() } });

        Assert.Equal(EngineStopReason.Length, answer.End.Reason);
        Assert.InRange(request.Prompt.Length + answer.Tokens.Length, 120, 130);
    }

    [Fact]
    public async Task A_recurrent_model_has_as_many_slots_as_any_other()
    {
        var path = GeneratedModel.Write(ModelShape.Recurrent, Path.Combine(_folder, "recurrent.gguf"));
        await using var engine = await LoadAsync(Pico.Profile(128, slots: 64) with { Weights = path });

        Assert.Equal(3, (await engine.RunAsync(await engine.AskAsync("Why is the sky blue?", maxTokens: 3))).End.Usage.GeneratedTokens);
    }

    [Theory]
    [InlineData("sliding-window")]
    [InlineData("recurrent")]
    public async Task Cancelling_frees_the_slot_of_models_of_other_shapes(string kind)
    {
        var path = GeneratedModel.Write(
            kind == "recurrent" ? ModelShape.Recurrent : ModelShape.SlidingWindow, Path.Combine(_folder, kind + ".gguf"));
        await using var engine = await LoadAsync(Pico.Profile(1024) with { Weights = path });
        var request = await engine.AskAsync("Why is the sky blue?", maxTokens: 20);
        var expected = await engine.RunAsync(request);
        using var cancellation = new CancellationTokenSource();
        var endless = await engine.AskAsync("Count to five.", maxTokens: 900);
        endless = endless with { Sampling = new SamplingSettings { Temperature = 1, Seed = 2, LogitBias = await engine.NoEndAsync() } };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var chunk in engine.GenerateAsync(endless, cancellation.Token))
                await cancellation.CancelAsync();
        });

        Assert.Equal(expected.Tokens, (await engine.RunAsync(request)).Tokens);
    }

    private static Task<IEngine> LoadAsync(LoadProfile profile) => Pico.Loader().LoadAsync(profile, null, CancellationToken.None);
}
