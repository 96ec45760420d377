using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Answering;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Scheduling;
using ModelOps.Runtime.Serving;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.Templates.Chat;

namespace ModelOps.Runtime.Tests.Serving;

/// <summary>The host on a real store, a real engine and Pico.</summary>
public sealed class ModelHostTests : IAsyncLifetime
{
    private const string Question = "What is the capital of Japan?";
    private static readonly JsonElement Cold = JsonElement.Parse("""{"temperature":0}""");

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-host-").FullName;
    private readonly CountingLoader _counting = new(Pico.Loader());
    private readonly TaskCompletionSource<List<InferenceEvent>> _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RecordingLogs _logs = new();
    private readonly LocalStore _store;
    private readonly ModelHost _host;

    public ModelHostTests()
    {
        _store = LocalStore.Open(_folder, TimeProvider.System);
        _host = new ModelHost(_store, _counting, new HostOptions { MemoryBudget = 1L << 30 }, TimeProvider.System, _logs);
    }

    public async ValueTask InitializeAsync()
    {
        await CreateAsync("chat", new JsonObject { ["num_ctx"] = 512 });
        await CreateAsync("shouter", new JsonObject { ["num_ctx"] = 512 }, system: "You always answer in capital letters.");
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _counting.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_chat_is_answered_with_counts_and_the_build_that_answered()
    {
        var (text, admitted, finished) = await AskAsync("chat");
        Assert.Contains("Tokyo", text, StringComparison.Ordinal);
        Assert.Equal(_store.Find(ModelName.Parse("chat"))!.Digest, admitted.ServedBy.BuildDigest);
        Assert.Equal(FinishReason.Stop, finished.Reason);
        Assert.True(finished.Metrics is { PromptTokens: > 5, GeneratedTokens: > 5 });
    }

    [Fact]
    public async Task A_model_whose_weights_were_missing_when_it_was_looked_at_is_whole_again_when_they_are_back()
    {
        var weights = Directory.GetFiles(Path.Combine(_folder, "blobs")).MaxBy(path => new FileInfo(path).Length)!;
        File.Move(weights, weights + ".away");
        await Assert.ThrowsAnyAsync<Exception>(() => AskAsync("chat"));
        File.Move(weights + ".away", weights);

        Assert.Contains("Tokyo", (await AskAsync("chat")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_builds_on_the_same_weights_share_one_engine_and_keep_their_own_system_prompt()
    {
        var (plain, _, _) = await AskAsync("chat");
        var (shouted, _, _) = await AskAsync("shouter");
        Assert.NotEqual(plain.ToUpperInvariant(), plain);
        Assert.Equal(shouted.ToUpperInvariant(), shouted);
        Assert.Equal(["chat:latest", "shouter:latest"], Assert.Single(_host.Loaded).Names.Select(name => name.ShortName));
    }

    [Fact]
    public async Task An_empty_chat_loads_and_with_keep_alive_zero_unloads()
    {
        Assert.Equal(
            FinishReason.Load, (await RunAsync(new ChatRequest { Model = "chat" })).OfType<InferenceEvent.Finished>().Single().Reason);
        Assert.Single(_host.Loaded);
        var unload = await RunAsync(new ChatRequest { Model = "chat", KeepAlive = TimeSpan.Zero });
        Assert.Equal(FinishReason.Unload, unload.OfType<InferenceEvent.Finished>().Single().Reason);
        await UntilAsync(() => _host.Loaded.IsEmpty);
    }

    [Fact]
    public async Task A_pinned_model_is_loaded_by_its_policy_and_clients_cannot_change_it()
    {
        Manage("chat", ResidencyMode.Always);
        await UntilAsync(() => _host.Loaded.Length == 1);
        var events = await RunAsync(
            Ask("chat") with { KeepAlive = TimeSpan.Zero, Options = JsonElement.Parse("""{"num_ctx":64,"temperature":0}""") });
        Assert.Equal(["keep_alive", "num_ctx"], events.OfType<InferenceEvent.Admitted>().Single().IgnoredSettings);
        var loaded = Assert.Single(_host.Loaded);
        Assert.True(loaded is { Pinned: true, ContextLength: 512 });
        Assert.Equal(DateTimeOffset.MaxValue, loaded.ExpiresAt);
    }

    [Fact]
    public async Task A_model_declared_never_is_refused_with_the_place_that_says_so()
    {
        Manage("chat", ResidencyMode.Never);
        var error = await Assert.ThrowsAsync<InferenceException>(() => RunAsync(Ask("chat")));
        Assert.Equal(new InferenceRefusal.NotServed("chat", "modelops.yaml:7"), error.Refusal);
    }

    public static TheoryData<string, InferenceRefusal> WrongNames => new()
    {
        { "absent", new InferenceRefusal.UnknownModel("absent") },
        { "", new InferenceRefusal.NoModelNamed() },
        { " ", new InferenceRefusal.NoModelNamed() },
        { "a b", new InferenceRefusal.InvalidName("invalid model name") },
        { "m:cloud", new InferenceRefusal.CloudDisabled() },
    };

    [Theory, MemberData(nameof(WrongNames))]
    public async Task A_wrong_name_is_refused_with_the_reason(string name, InferenceRefusal reason)
    {
        var error = await Assert.ThrowsAsync<InferenceException>(() => RunAsync(Ask(name)));
        Assert.Equal(reason, error.Refusal);
    }

    [Fact]
    public async Task A_wrong_option_is_told_in_the_words_of_the_reference()
    {
        var error = await Assert.ThrowsAsync<InferenceException>(
            () => RunAsync(Ask("chat") with { Options = JsonElement.Parse("""{"top_k":"many"}""") }));
        Assert.Equal("option \"top_k\" must be of type integer", error.Message);
    }

    [Fact]
    public async Task A_model_that_cannot_think_is_only_asked_to_where_it_may_answer_without()
    {
        var request = Ask("chat") with { Think = ThinkSetting.On };

        var error = await Assert.ThrowsAsync<InferenceException>(() => RunAsync(request));
        Assert.Equal("\"chat\" does not support thinking", Assert.IsType<InferenceRefusal.DoesNotThink>(error.Refusal).Message);
        Assert.Contains(
            await RunAsync(request with { ThinkIfAble = true }),
            item => item is InferenceEvent.Delta { Content.Length: > 0, Thinking: "" });
    }

    [Fact]
    public async Task A_schema_that_cannot_be_enforced_is_refused_behind_the_reasoning()
    {
        await CreateAsync("thinker", [], template:
            """
            {{ range .Messages }}<|im_start|>{{ .Role }}
            {{ if .Thinking }}One,{{ .Thinking }}three,{{ end }}{{ .Content }}<|im_end|>
            {{ end }}<|im_start|>assistant

            """.ReplaceLineEndings("\n"));
        var told = new List<InferenceEvent>();

        var error = await Assert.ThrowsAsync<InferenceException>(async () =>
        {
            var request = Ask("thinker") with
            {
                Messages = [new ChatMessage("user", "Count to five.")],
                Format = JsonElement.Parse("""{"type":"nonsense"}"""),
            };
            await foreach (var item in _host.ChatAsync(request, TestContext.Current.CancellationToken))
                told.Add(item);
        });

        Assert.IsType<InferenceRefusal.CannotFollowSchema>(error.Refusal);
        Assert.Contains("nonsense", error.Message, StringComparison.Ordinal);
        Assert.Equal("two,", string.Concat(told.OfType<InferenceEvent.Delta>().Select(delta => delta.Thinking)).Trim());
        Assert.All(told.OfType<InferenceEvent.Delta>(), delta => Assert.Equal("", delta.Content));
    }

    [Fact]
    public async Task The_oldest_messages_are_dropped_until_the_prompt_fits_and_the_number_is_told()
    {
        ImmutableArray<ChatMessage> messages =
        [
            new("system", "You are a helpful assistant."),
            .. Enumerable.Range(0, 40).Select(
                index => new ChatMessage(index % 2 == 0 ? "user" : "assistant", string.Concat(Enumerable.Repeat("many words here ", 6)))),
            new("user", Question),
        ];
        var events = await RunAsync(Ask("chat") with { Messages = messages });
        Assert.True(events.OfType<InferenceEvent.Admitted>().Single().DroppedMessages is > 0 and < 41);
        Assert.True(events.OfType<InferenceEvent.Finished>().Single().Metrics.PromptTokens <= 512);
    }

    [Fact]
    public async Task A_single_prompt_that_is_too_long_loses_its_middle_and_the_number_is_told()
    {
        var request = new GenerateRequest
        {
            Model = "chat", Prompt = string.Concat(Enumerable.Repeat("many words here ", 400)), Raw = true, Options = Cold,
        };
        var events = new List<InferenceEvent>();
        await foreach (var item in _host.GenerateAsync(request, TestContext.Current.CancellationToken))
            events.Add(item);
        var cut = events.OfType<InferenceEvent.Admitted>().Single().CutTokens;
        Assert.InRange(cut, 500, 3000);
        Assert.InRange(events.OfType<InferenceEvent.Finished>().Single().Metrics.PromptTokens, 200, 300);

        var refused = await Assert.ThrowsAsync<InferenceException>(async () =>
        {
            await foreach (var item in _host.GenerateAsync(request with { Shift = false }, TestContext.Current.CancellationToken))
                Assert.Equal(0, Assert.IsType<InferenceEvent.Admitted>(item).CutTokens);
        });
        Assert.IsType<InferenceRefusal.CutNeedsShift>(refused.Refusal);
    }

    [Fact]
    public async Task Nothing_is_dropped_when_that_is_not_wanted_and_both_numbers_are_told()
    {
        ImmutableArray<ChatMessage> messages = [
            new("user", string.Concat(Enumerable.Repeat("many words here ", 400))), new("user", Question),
        ];
        var error = await Assert.ThrowsAsync<InferenceException>(
            () => RunAsync(Ask("chat") with { Messages = messages, Truncate = false }));
        Assert.Equal(512, Assert.IsType<InferenceRefusal.PromptTooLong>(error.Refusal).Context);
    }

    [Fact]
    public async Task What_has_no_effect_is_logged_once_when_a_model_is_first_used()
    {
        await CreateAsync("old", new JsonObject { ["num_ctx"] = 512, ["mirostat"] = 2 });
        await AskAsync("old");
        await AskAsync("old");
        Assert.Equal(
            ["Model old:latest: parameter 'mirostat' is accepted and has no effect"],
            _logs.Lines.Where(line => line.Contains("no effect", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Images_are_refused_and_the_reason_is_told()
    {
        var picture = new ChatMessage("user", Question) { Images = [new byte[] { 1, 2, 3 }] };
        var error = await Assert.ThrowsAsync<InferenceException>(() => RunAsync(Ask("chat") with { Messages = [picture] }));
        Assert.Contains("images and audio are not supported", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false, 1)]
    [InlineData(true, true, 1)]
    [InlineData(false, false, 0)]
    [InlineData(false, true, 1)]
    public async Task BOS_stands_once_whether_the_tokenizer_or_the_template_puts_it_there(bool adds, bool isWritten, int times)
    {
        var path = Path.Combine(_folder, "bos.gguf");
        await File.WriteAllBytesAsync(path, WithBos(await File.ReadAllBytesAsync(Pico.Path), adds));
        await using var engine = await _counting.LoadAsync(
            Pico.Profile() with { Weights = path }, null, TestContext.Current.CancellationToken);
        Assert.Equal(adds, engine.Facts.AddsBos);
        var bos = Assert.Single(
            await engine.TokenizeAsync(
                engine.Facts.BosToken, addSpecial: false, parseSpecial: true, TestContext.Current.CancellationToken));
        var tokens = await ModelPrompt.TokenizeAsync(
            engine, (isWritten ? engine.Facts.BosToken : "") + "Count to five.", TestContext.Current.CancellationToken);
        Assert.Equal(times, tokens.Count(token => token == bos));
        Assert.Equal(times == 1, tokens[0] == bos);
    }

    [Fact]
    public async Task A_warm_build_answers_probes_beside_the_served_one()
    {
        var staged = ModelName.Parse("modelops.local/staged/chat:next");
        _store.Copy(ModelName.Parse("shouter"), staged);
        var policy = Policy("chat", ResidencyMode.OnDemand);
        await using var lease = await _host.WarmAsync(staged, policy, takeover: null, TestContext.Current.CancellationToken);
        var token = TestContext.Current.CancellationToken;
        var answer = await _host.ProbeAsync(staged, policy, new Probe.Ask(Question, 40), token);
        Assert.Equal(answer.Text.ToUpperInvariant(), answer.Text);
        Assert.Equal(_store.Find(staged)!.Digest, answer.Build);
        Assert.True(answer is { Tokens: > 0, Generation.Ticks: > 0, FirstToken.Ticks: > 0 }, $"{answer}");

        var likely = await _host.ProbeAsync(staged, policy, new Probe.Weigh("The sky is blue today."), token);
        var unlikely = await _host.ProbeAsync(staged, policy, new Probe.Weigh("zq7 ~~ %$ vvXk 0x"), token);
        Assert.Equal(answer.Build, likely.Build);
        Assert.InRange(unlikely.LogProbability, double.NegativeInfinity, likely.LogProbability);
        Assert.True(likely.LogProbability < 0, $"{likely}");
        await Assert.ThrowsAsync<ModelRuntimeException>(() => _host.ProbeAsync(staged, policy, new Probe.Embed("hello"), token));

        // It is in memory, and no client can ask for it by a name.
        Assert.Single(_host.Report.Engines);
        Assert.Empty(_host.Loaded);
    }

    [Fact]
    public async Task Who_hangs_up_frees_the_slot()
    {
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var item in _host.ChatAsync(Ask("chat"), cancel.Token))
            {
                if (item is InferenceEvent.Delta)
                    await cancel.CancelAsync();
            }
        });
        await UntilAsync(() => _host.Loaded.Single() is { Requests: 0, Statistics.ActiveSequences: 0 });
    }

    [Fact]
    public async Task A_name_that_changes_its_system_prompt_or_parameters_touches_no_engine()
    {
        await AskAsync("chat");
        var loaded = Assert.Single(_host.Loaded);
        _store.Copy(ModelName.Parse("shouter"), ModelName.Parse("chat"));
        var (text, admitted, _) = await AskAsync("chat");

        Assert.Equal(text.ToUpperInvariant(), text);
        Assert.Equal(_store.Find(ModelName.Parse("chat"))!.Digest, admitted.ServedBy.BuildDigest);
        Assert.Equal(1, _counting.Loads);
        Assert.Equal(
            loaded.Statistics!.DecodeCalls > 0, Assert.Single(_host.Loaded).Statistics!.DecodeCalls > loaded.Statistics.DecodeCalls);
    }

    [Fact]
    public async Task Another_context_is_another_engine_on_the_same_weights()
    {
        await AskAsync("chat");
        await RunAsync(Ask("chat") with { Options = JsonElement.Parse("""{"temperature":0,"num_ctx":256}""") });
        Assert.Equal(2, _counting.Loads);
        Assert.Single(_counting.Weights);
    }

    [Fact]
    public async Task A_pinned_model_has_its_system_prompt_computed_before_the_first_request()
    {
        Manage("shouter", ResidencyMode.Always);
        await UntilAsync(() => _host.Loaded is [{ Statistics: { PromptTokens: > 0, ActiveSequences: 0, DecodedTokens: > 0 } }]);
        var finished = (await RunAsync(Ask("shouter"))).OfType<InferenceEvent.Finished>().Single();
        Assert.True(
            finished.Metrics.CachedTokens >= 8, $"{finished.Metrics.CachedTokens} of {finished.Metrics.PromptTokens} tokens were there");
    }

    [Fact]
    public async Task A_build_that_does_not_fit_beside_the_one_it_replaces_takes_over_without_a_failed_request()
    {
        await using var small = new ModelHost(_store, _counting, new HostOptions { MemoryBudget = 16_000_000 }, TimeProvider.System, _logs);
        Manage(small, "chat", ResidencyMode.Always);
        await UntilAsync(() => small.Loaded.Length == 1);
        await CreateAsync("next", new JsonObject { ["num_ctx"] = 512 }, "You always answer in capital letters.", description: 7);
        var staged = ModelName.Parse("modelops.local/staged/chat:next");
        _store.Copy(ModelName.Parse("next"), staged);
        var policy = Policy("chat", ResidencyMode.Always);

        var warming = small.WarmAsync(
            staged, policy with { Name = staged }, new Takeover([ModelName.Parse("chat")]), TestContext.Current.CancellationToken);
        await using (var warm = await warming)
        {
            var waiting = RunAsync(Ask("chat"), small);
            await UntilAsync(() => small.Report.Waiting is [{ Model: "chat:latest", Reason: WaitReason.Update }]);
            Assert.False(waiting.IsCompleted);
            _store.Copy(staged, ModelName.Parse("chat"));
            Manage(small, "chat", ResidencyMode.Always, "def");
            warm.Commit(ModelName.Parse("chat"));
            _ = waiting.ContinueWith(done => _moved.TrySetResult(done.Result), TaskScheduler.Default);
        }

        var events = await _moved.Task.WaitAsync(TimeSpan.FromSeconds(10));
        var admitted = events.OfType<InferenceEvent.Admitted>().Single();
        Assert.Equal((_store.Find(staged)!.Digest, "def"), (admitted.ServedBy.BuildDigest, admitted.ServedBy.Revision));
        Assert.Single(small.Loaded);
    }

    [Fact]
    public async Task A_build_that_is_refused_leaves_memory_and_the_old_one_answers()
    {
        await AskAsync("chat");
        await CreateAsync("next", new JsonObject { ["num_ctx"] = 512 }, description: 8);
        var staged = ModelName.Parse("modelops.local/staged/chat:next");
        _store.Copy(ModelName.Parse("next"), staged);
        var warm = await _host.WarmAsync(
            staged, Policy("chat", ResidencyMode.OnDemand), new Takeover([ModelName.Parse("chat")]), TestContext.Current.CancellationToken);
        Assert.Equal(2, _counting.Loads);

        await warm.DisposeAsync();
        await UntilAsync(() => _host.Report.Engines.Length == 1);
        Assert.Contains("Tokyo", (await AskAsync("chat")).Text, StringComparison.Ordinal);
        Assert.Equal(2, _counting.Loads);
    }

    [Fact]
    public async Task A_build_on_its_way_answers_its_share_and_the_old_one_the_rest_until_one_of_them_has_all()
    {
        Manage("chat", ResidencyMode.OnDemand);
        await AskAsync("chat");
        await CreateAsync("next", new JsonObject { ["num_ctx"] = 512 }, "You always answer in capital letters.", description: 9);
        var (chat, staged) = (ModelName.Parse("chat"), ModelName.Parse("modelops.local/staged/chat:next"));
        _store.Copy(ModelName.Parse("next"), staged);
        var (before, after) = (_store.Find(chat)!.Digest, _store.Find(staged)!.Digest);
        async Task<string[]> AskedAsync(int times)
        {
            var builds = new List<string>();
            for (var count = 0; count < times; count++)
                builds.Add((await AskAsync("chat")).Admitted.ServedBy.BuildDigest);
            return [.. builds];
        }

        await using (var warm = await _host.WarmAsync(
            staged, Policy("chat", ResidencyMode.OnDemand) with { Name = staged }, new Takeover([chat]) { OnlyBeside = true },
            TestContext.Current.CancellationToken))
        {
            Assert.All(await AskedAsync(3), build => Assert.Equal(before, build));
            warm.Share(25);
            Assert.Equal([before, before, before, after, before, before, before, after], await AskedAsync(8));
            var report = _host.ServiceOf(staged)!;
            Assert.Equal((after, 2, 0), (report.Build, report.Requests, report.Failed));

            warm.Share(0);
            Assert.All(await AskedAsync(4), build => Assert.Equal(before, build));
            Assert.Null(_host.ServiceOf(staged));
            warm.Share(50);
        }

        Assert.All(await AskedAsync(4), build => Assert.Equal(before, build));
        Assert.Null(_host.ServiceOf(staged));
    }

    [Fact]
    public async Task A_client_cannot_unload_a_managed_model()
    {
        Manage("chat", ResidencyMode.OnDemand);
        await AskAsync("chat");
        var events = await RunAsync(new ChatRequest { Model = "chat", KeepAlive = TimeSpan.Zero });
        Assert.Equal(["keep_alive"], events.OfType<InferenceEvent.Admitted>().Single().IgnoredSettings);
        Assert.True(Assert.Single(_host.Loaded).ExpiresAt > DateTimeOffset.UtcNow.AddMinutes(4));
    }

    [Fact]
    public async Task A_model_that_can_never_fit_is_refused_at_once_with_the_bytes()
    {
        await using var tiny = new ModelHost(_store, _counting, new HostOptions { MemoryBudget = 1_000_000 }, TimeProvider.System, _logs);
        var error = await Assert.ThrowsAsync<InferenceException>(() => RunAsync(Ask("chat"), tiny));
        Assert.Matches(
            "^model requires more memory \\([0-9.]+ MiB, [0-9]{7,} bytes\\) than is available \\(1.0 MiB, 1000000 bytes\\)$", error.Message);
        Assert.Equal(0, _counting.Loads);
    }

    private static ChatRequest Ask(string model) => new() { Model = model, Messages = [new ChatMessage("user", Question)], Options = Cold };

    private static ModelPolicy Policy(string name, ResidencyMode residency) => new()
    {
        Name = ModelName.Parse(name), Residency = residency, Revision = "abc", DeclaredAt = "modelops.yaml:7",
    };

    private void Manage(string name, ResidencyMode residency) => Manage(_host, name, residency);

    private static void Manage(
        ModelHost host, string name, ResidencyMode residency, string revision = "abc") => host.ApplyPolicies(new PolicyTable(
        ImmutableDictionary<ModelName, ModelPolicy>.Empty.Add(
            ModelName.Parse(name), Policy(name, residency) with { Revision = revision })));

    /// <summary>With a description other than 0: weights that differ from Pico in it.</summary>
    private async Task CreateAsync(string name, JsonObject parameters, string system = "", string template = "", byte description = 0)
    {
        var bytes = await File.ReadAllBytesAsync(Pico.Path);
        if (description > 0)
            bytes[bytes.AsSpan().IndexOf("Demo model"u8)] = description;
        await using var weights = new MemoryStream(bytes);
        var blob = await _store.Blobs.WriteAsync(weights, written: null, default);
        var request = new CreateRequest
        {
            Name = ModelName.Parse(name), System = system, Template = template, Parameters = parameters,
            Files = new Dictionary<string, string> { ["pico.gguf"] = blob.Digest.ToString() },
        };
        await new ModelBuilder(_store, puller: null, quantizer: null).CreateAsync(request, _ => { }, default);
    }

    /// <summary>The same weights with a tokenizer that puts BOS before every text, or does not.</summary>
    private static byte[] WithBos(byte[] weights, bool adds)
    {
        const int TypeLength = 4;
        var key = "tokenizer.ggml.add_bos_token"u8;
        weights[weights.AsSpan().IndexOf(key) + key.Length + TypeLength] = adds ? (byte)1 : (byte)0;
        return weights;
    }

    private async Task<(string Text, InferenceEvent.Admitted Admitted, InferenceEvent.Finished Finished)> AskAsync(string model)
    {
        var events = await RunAsync(Ask(model));
        var text = events.OfType<InferenceEvent.Delta>()
            .Aggregate(new StringBuilder(), (all, delta) => all.Append(delta.Content))
            .ToString();
        return (text, events.OfType<InferenceEvent.Admitted>().Single(), events.OfType<InferenceEvent.Finished>().Single());
    }

    private async Task<List<InferenceEvent>> RunAsync(ChatRequest request, ModelHost? host = null)
    {
        var events = new List<InferenceEvent>();
        await foreach (var item in (host ?? _host).ChatAsync(request, TestContext.Current.CancellationToken))
            events.Add(item);
        return events;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
            await timer.WaitForNextTickAsync(limit.Token);
    }
}
