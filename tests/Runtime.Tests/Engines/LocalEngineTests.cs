using ModelOps.Runtime.Engines;

namespace ModelOps.Runtime.Tests.Engines;

public class LocalEngineTests
{
    private const string Sky =
        "Air scatters blue light more than red light, because blue light has a shorter wavelength. "
        + "So the sky looks blue from every direction away from the sun.";

    [Fact]
    public async Task At_temperature_zero_the_trained_answer_comes()
    {
        await using var engine = await Pico.LoadAsync();

        var answer = await engine.RunAsync(await engine.AskAsync("Why is the sky blue?"));

        Assert.Equal(Sky, answer.Text);
        Assert.Equal(EngineStopReason.Stop, answer.End.Reason);
        Assert.Equal(answer.Tokens.Length + 1, answer.End.Usage.GeneratedTokens);
        Assert.DoesNotContain("<|im_end|>", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Facts_are_what_the_engine_reports()
    {
        await using var engine = await Pico.LoadAsync(context: 256, slots: 2);

        Assert.Equal("llama", engine.Facts.Architecture);
        Assert.Equal(2048, engine.Facts.TrainedContext);
        Assert.Equal(256, engine.Facts.ContextLength);
        Assert.Equal(1024, engine.Facts.VocabularySize);
        Assert.Equal(256, engine.Facts.EmbeddingLength);
        Assert.Equal(4, engine.Facts.Layers);
        Assert.InRange(engine.Facts.Memory.Weights, 2_000_000, 6_000_000);
        Assert.Equal(512 * 4 * 2 * 128 * 2, engine.Facts.Memory.KeyValueCache);
        Assert.True(engine.Facts.Memory.Compute > 0);
    }

    [Fact]
    public async Task Streams_that_run_at_once_share_each_decode_call()
    {
        await using var engine = await Pico.LoadAsync(slots: 4);
        var requests = new List<EngineRequest>();
        foreach (var question in (string[])["Why is the sky blue?", "What is a Modelfile?", "Write a haiku.", "Count to five."])
            requests.Add(await engine.AskAsync(question, maxTokens: 12));

        var answers = await Task.WhenAll(requests.Select(request => engine.RunAsync(request)));

        var generated = answers.Sum(answer => answer.End.Usage.GeneratedTokens);
        Assert.InRange(engine.Statistics.DecodeCalls, 12, generated - 12);
    }

    [Fact]
    public async Task A_neighbour_in_the_batch_changes_nothing()
    {
        await using var engine = await Pico.LoadAsync(slots: 4);
        var question = await engine.AskAsync("What is a Modelfile?");
        var alone = await engine.RunAsync(question);
        var other = await engine.AskAsync("Tell me a joke.")
            with
        { Sampling = new SamplingSettings { Temperature = 1, Seed = 7 }, Stop = ["e"] };

        var both = await Task.WhenAll(engine.RunAsync(other), engine.RunAsync(question), engine.RunAsync(other));

        Assert.Equal(alone.Text, both[1].Text);
        Assert.Equal(both[0].Text, both[2].Text);
    }

    [Fact]
    public async Task A_stop_text_ends_the_output_before_it_also_across_tokens()
    {
        await using var engine = await Pico.LoadAsync();
        var request = await engine.AskAsync("Why is the sky blue?");
        var full = await engine.RunAsync(request);
        var stop = full.Text.Substring(20, 9);

        var cut = await engine.RunAsync(request with { Stop = ["never this", stop] });

        Assert.Equal(full.Text[..full.Text.IndexOf(stop, StringComparison.Ordinal)], cut.Text);
        Assert.Equal(EngineStopReason.Stop, cut.End.Reason);
    }

    [Fact]
    public async Task The_token_limit_ends_with_length()
    {
        await using var engine = await Pico.LoadAsync();

        var answer = await engine.RunAsync(await engine.AskAsync("Why is the sky blue?", maxTokens: 5));

        Assert.Equal(EngineStopReason.Length, answer.End.Reason);
        Assert.Equal(5, answer.End.Usage.GeneratedTokens);
        Assert.Equal(5, answer.Tokens.Length);
    }

    [Fact]
    public async Task A_limit_drops_the_token_that_may_have_begun_a_stop_text()
    {
        await using var engine = await Pico.LoadAsync();
        var request = await engine.AskAsync("Why is the sky blue?", maxTokens: 5);
        var full = await engine.RunAsync(request);
        var four = await engine.RunAsync(request with { MaxTokens = 4 });

        var cut = await engine.RunAsync(request with { Stop = [full.Text[^1] + "\u0001"] });

        Assert.Equal((four.Text, 5), (cut.Text, cut.End.Usage.GeneratedTokens));
        Assert.Equal(EngineStopReason.Length, cut.End.Reason);
    }

    [Fact]
    public async Task The_end_of_the_model_releases_what_may_have_begun_a_stop_text()
    {
        await using var engine = await Pico.LoadAsync();
        var request = await engine.AskAsync("Why is the sky blue?");
        var full = await engine.RunAsync(request);

        var other = await engine.RunAsync(request with { Stop = [full.Text[^1] + "\u0001"] });

        Assert.Equal((full.Text, EngineStopReason.Stop), (other.Text, other.End.Reason));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_answer()
    {
        await using var engine = await Pico.LoadAsync();
        var request = await engine.AskAsync("Tell me a joke.") with { Sampling = new SamplingSettings { Temperature = 1.5f, Seed = 42 } };

        var first = await engine.RunAsync(request);
        var second = await engine.RunAsync(request);

        Assert.Equal(first.Text, second.Text);
    }

    [Fact]
    public async Task Log_probabilities_cover_every_generated_token()
    {
        await using var engine = await Pico.LoadAsync();

        var answer = await engine.RunAsync(await engine.AskAsync("Why is the sky blue?", maxTokens: 10) with { TopLogprobs = 3 });

        Assert.Equal(10, answer.Logprobs.Length);
        Assert.All(answer.Logprobs, entry => Assert.True(entry.Logprob <= 0));
        Assert.All(answer.Logprobs, entry => Assert.Equal(3, entry.Top.Length));
        Assert.All(answer.Logprobs, entry => Assert.Equal(entry.Token, entry.Top[0].Token));
        Assert.Equal(answer.Text, string.Concat(answer.Logprobs.Select(entry => System.Text.Encoding.UTF8.GetString(entry.Text.AsSpan()))));
    }

    [Fact]
    public async Task A_grammar_rules_what_is_generated()
    {
        await using var engine = await Pico.LoadAsync();

        var answer = await engine.RunAsync(await engine.AskAsync("Why is the sky blue?") with { Grammar = "root ::= \"yes\" | \"no\"" });

        Assert.Contains(answer.Text, (string[])["yes", "no"]);
        Assert.Equal(EngineStopReason.Stop, answer.End.Reason);
    }

    [Fact]
    public async Task A_grammar_may_begin_after_a_text()
    {
        await using var engine = await Pico.LoadAsync();
        var request = await engine.AskAsync("Why is the sky blue?");
        var full = await engine.RunAsync(request);
        var marker = full.Text[..full.Text.IndexOf(' ', StringComparison.Ordinal)];

        var answer = await engine.RunAsync(request with { Grammar = "root ::= [0-9] [0-9]", GrammarStartsAfter = marker });

        Assert.Matches("^" + marker + "[0-9][0-9]$", answer.Text);
    }

    [Fact]
    public async Task A_bad_grammar_is_refused_and_the_engine_goes_on()
    {
        await using var engine = await Pico.LoadAsync();
        var request = await engine.AskAsync("Why is the sky blue?", maxTokens: 3);

        await Assert.ThrowsAsync<EngineRequestException>(() => engine.RunAsync(request with { Grammar = "root ::= (" }));

        Assert.Equal(3, (await engine.RunAsync(request)).Tokens.Length);
    }

    [Fact]
    public async Task A_prompt_that_does_not_fit_is_refused_with_both_numbers()
    {
        await using var engine = await Pico.LoadAsync(context: 256);

        var error = await Assert.ThrowsAsync<EngineRequestException>(
            () => engine.RunAsync(new EngineRequest { Prompt = [.. Enumerable.Repeat(5, 300)], MaxTokens = 1 }));

        Assert.Contains("300", error.Message, StringComparison.Ordinal);
        Assert.Contains("256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_context_is_shifted_or_ends_with_length()
    {
        await using var engine = await Pico.LoadAsync(context: 256);
        var request = await engine.AskAsync("Count to five.", maxTokens: 600) with
        {
            Sampling = new SamplingSettings { Temperature = 0.9f, Seed = 3, LogitBias = await engine.NoEndAsync() },
        };

        var shifted = await engine.RunAsync(request);
        var ended = await engine.RunAsync(request with { Shift = false });

        Assert.Equal(600, shifted.End.Usage.GeneratedTokens);
        Assert.Equal(EngineStopReason.Length, ended.End.Reason);
        Assert.InRange(ended.End.Usage.GeneratedTokens, 200, 255);
        Assert.Equal(ended.Text, shifted.Text[..ended.Text.Length]);
    }

    [Fact]
    public async Task Cancelling_frees_the_slot()
    {
        await using var engine = await Pico.LoadAsync(context: 512, slots: 1);
        var endless = await engine.AskAsync("Count to five.", maxTokens: 100_000) with
        {
            Sampling = new SamplingSettings { Temperature = 1, Seed = 1, LogitBias = await engine.NoEndAsync() },
        };
        using var cancellation = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var running = Task.Run(async () =>
        {
            await foreach (var chunk in engine.GenerateAsync(endless, cancellation.Token))
                started.TrySetResult();
        });
        await started.Task;

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal(3, (await engine.RunAsync(await engine.AskAsync("Why is the sky blue?", maxTokens: 3))).Tokens.Length);
    }

    [Fact]
    public async Task Tokens_turn_back_into_the_text()
    {
        await using var engine = await Pico.LoadAsync();
        const string Text = "Grüße, 世界! 🚀 <|im_end|>";

        var tokens = await engine.TokenizeAsync(Text, addSpecial: false, parseSpecial: true, CancellationToken.None);

        Assert.Equal(Text, await engine.DetokenizeAsync(tokens, special: true, CancellationToken.None));
        Assert.Empty(await engine.TokenizeAsync("", addSpecial: false, parseSpecial: true, CancellationToken.None));
    }

    [Fact]
    public async Task A_disposed_engine_fails_what_still_runs_and_ends_with_null()
    {
        var engine = await Pico.LoadAsync();
        var endless = await engine.AskAsync("Count to five.", maxTokens: 100_000) with
        {
            Sampling = new SamplingSettings { Temperature = 1, Seed = 1, LogitBias = await engine.NoEndAsync() },
        };
        var running = engine.RunAsync(endless);

        await engine.DisposeAsync();

        await Assert.ThrowsAsync<EngineFailedException>(() => running);
        Assert.Null(await engine.Ended);
        await Assert.ThrowsAsync<EngineFailedException>(() => engine.RunAsync(endless));
    }

    [Fact]
    public async Task Missing_weights_are_one_sentence()
    {
        await using var loader = Pico.Loader();

        var error = await Assert.ThrowsAsync<EngineFailedException>(
            () => loader.LoadAsync(Pico.Profile() with { Weights = "/nowhere/model.gguf" }, null, CancellationToken.None));

        Assert.Contains("/nowhere/model.gguf", error.Message, StringComparison.Ordinal);
    }
}
