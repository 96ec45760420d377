using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Answering;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Hosting;
using ModelOps.Runtime.Serving;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.Templates.Chat;

namespace ModelOps.Runtime.Tests.Serving;

/// <summary>Prompts of the engine's own path and prompts that are too long, on a real store and Pico.</summary>
public sealed class ContinuedChatTests : IAsyncLifetime
{
    private static readonly JsonElement Cold = JsonElement.Parse("""{"temperature":0,"num_ctx":256}""");
    private static readonly ChatMessage Question = new("user", "Count to five.");

    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-continued-").FullName;
    private readonly LocalEngineLoader _loader = Pico.Loader();
    private readonly LocalStore _store;
    private readonly ModelHost _host;

    public ContinuedChatTests()
    {
        _store = LocalStore.Open(_folder, TimeProvider.System);
        _host = new ModelHost(
            _store,
            _loader,
            new HostOptions { MemoryBudget = 1L << 30, GoTemplate = true },
            TimeProvider.System,
            NullLoggerFactory.Instance);
    }

    public async ValueTask InitializeAsync()
    {
        await using var weights = File.OpenRead(Pico.Path);
        var blob = await _store.Blobs.WriteAsync(weights, written: null, default);
        foreach (var (name, template) in new[]
        {
            ("own", ""), ("go", "{{ range .Messages }}<|im_start|>{{ .Role }}\n{{ .Content }}<|im_end|>\n{{ end }}<|im_start|>assistant\n"),
        })
        {
            var request = new CreateRequest
            {
                Name = ModelName.Parse(name), Template = template, Parameters = [],
                Files = new Dictionary<string, string> { ["pico.gguf"] = blob.Digest.ToString() },
            };
            await new ModelBuilder(_store, puller: null, quantizer: null).CreateAsync(request, _ => { }, default);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _loader.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_answer_goes_on_with_the_assistants_last_turn_and_begins_with_its_text()
    {
        var (text, counts) = await AskAsync("own", Question, new ChatMessage("assistant", "One, two,"));
        Assert.Equal("One, two, three, four, five.", text);
        var (_, whole) = await AskAsync("own", Question);
        Assert.True(counts.PromptTokens > whole.PromptTokens && counts.GeneratedTokens < whole.GeneratedTokens, $"{counts} {whole}");
    }

    [Theory]
    [InlineData("own", "<|im_start|>user\nCount to five.<|im_end|>\n<|im_start|>assistant\nOne, two,")]
    [InlineData("go", "<|im_start|>user\nCount to five.<|im_end|>\n<|im_start|>assistant\nOne, two,<|im_end|>\n<|im_start|>assistant\n")]
    public async Task A_template_of_the_build_begins_a_new_turn(string model, string prompt) =>
        Assert.Equal(prompt, await RenderAsync(model, Question, new ChatMessage("assistant", "One, two,")));

    [Theory]
    [InlineData("own", "developer", "system")]
    [InlineData("own", "narrator", "system")]
    [InlineData("go", "developer", "developer")]
    public async Task A_role_that_the_files_template_does_not_know_is_a_system_message(
        string model, string role, string rendered) => Assert.Equal(
        $"<|im_start|>{rendered}\nBe brief.<|im_end|>\n<|im_start|>user\nCount to five.<|im_end|>\n<|im_start|>assistant\n",
        await RenderAsync(model, new ChatMessage(role, "Be brief."), Question));

    [Fact]
    public async Task A_format_holds_for_the_whole_of_a_turn_that_is_continued()
    {
        var schema = JsonElement.Parse(
            """{"type":"object","properties":{"a":{"enum":["yes","no"]}},"required":["a"],"additionalProperties":false}""");
        var (text, _) = await AskAsync("own", schema, Question, new ChatMessage("assistant", "{\"a\": \"n"));
        Assert.Equal("no", JsonElement.Parse(text).GetProperty("a").GetString());
    }

    [Theory]
    [InlineData(4, 130, 4)]
    [InlineData(100, 178, 100)]
    [InlineData(255, 255, 255)]
    [InlineData(1e18, 255, 255)]
    [InlineData(-1, 255, 255)]
    public async Task A_prompt_that_is_too_long_keeps_the_start_that_was_asked_for_and_its_end(double keep, int length, int kept)
    {
        var request = new GenerateRequest
        {
            Model = "own",
            Prompt = string.Join(' ', Enumerable.Range(0, 300)),
            Options = JsonElement.Parse($$"""{"temperature":0,"num_ctx":256,"num_predict":1,"num_keep":{{keep:R}}}"""),
        };
        var whole = await TokensAsync(request);
        var events = await CollectAsync(_host.GenerateAsync(request, TestContext.Current.CancellationToken));
        var finished = events.OfType<InferenceEvent.Finished>().Single();
        Assert.Equal(length, finished.Metrics.PromptTokens);
        Assert.Equal(whole.Length - length, events.OfType<InferenceEvent.Admitted>().Single().CutTokens);
        Assert.Equal([.. whole[..kept], .. whole[^(length - kept)..]], finished.Context[..length]);
    }

    [Fact]
    public async Task Where_nothing_may_be_cut_the_engines_reason_comes_first()
    {
        var request = new GenerateRequest
        {
            Model = "own", Prompt = string.Join(' ', Enumerable.Range(0, 300)), Options = Cold, Truncate = false, Shift = false,
        };
        var error = await Assert.ThrowsAsync<InferenceException>(
            () => CollectAsync(_host.GenerateAsync(request, TestContext.Current.CancellationToken)));
        Assert.Equal(256, Assert.IsType<InferenceRefusal.PromptTooLong>(error.Refusal).Context);
    }

    private async Task<ImmutableArray<int>> TokensAsync(GenerateRequest request)
    {
        await using var engine = await _loader.LoadAsync(Pico.Profile(256), null, TestContext.Current.CancellationToken);
        var events = await CollectAsync(
            _host.GenerateAsync(request with { DebugRenderOnly = true }, TestContext.Current.CancellationToken));
        return await ModelPrompt.TokenizeAsync(
            engine, events.OfType<InferenceEvent.Rendered>().Single().Prompt, TestContext.Current.CancellationToken);
    }

    private async Task<string> RenderAsync(string model, params ChatMessage[] messages)
    {
        var request = new ChatRequest { Model = model, Messages = [.. messages], Options = Cold, DebugRenderOnly = true };
        var events = await CollectAsync(_host.ChatAsync(request, TestContext.Current.CancellationToken));
        return events.OfType<InferenceEvent.Rendered>().Single().Prompt;
    }

    private Task<(string Text, InferenceMetrics Counts)> AskAsync(string model, params ChatMessage[] messages) =>
        AskAsync(model, default, messages);

    private async Task<(string Text, InferenceMetrics Counts)> AskAsync(string model, JsonElement format, params ChatMessage[] messages)
    {
        var request = new ChatRequest { Model = model, Messages = [.. messages], Options = Cold, Format = format };
        var events = await CollectAsync(_host.ChatAsync(request, TestContext.Current.CancellationToken));
        return (
            string.Concat(events.OfType<InferenceEvent.Delta>().Select(delta => delta.Content)),
            events.OfType<InferenceEvent.Finished>().Single().Metrics);
    }

    private static async Task<List<InferenceEvent>> CollectAsync(IAsyncEnumerable<InferenceEvent> events)
    {
        var all = new List<InferenceEvent>();
        await foreach (var item in events)
            all.Add(item);
        return all;
    }
}
