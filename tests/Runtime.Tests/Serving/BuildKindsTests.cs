using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelOps.ModelStore.Building;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Contract;
using ModelOps.Runtime.Hosting;
using ModelOps.Runtime.Serving;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.Templates.Chat;
using ModelOps.TestKit.Generated;

namespace ModelOps.Runtime.Tests.Serving;

/// <summary>What a build has besides its weights, and builds that are not for text, from the store to the answer.</summary>
public sealed class BuildKindsTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("modelops-kinds-").FullName;
    private readonly LocalEngineLoader _loader = Pico.Loader();
    private readonly LocalStore _store;
    private readonly ModelHost _host;

    public BuildKindsTests()
    {
        _store = LocalStore.Open(Path.Combine(_folder, "store"), TimeProvider.System);
        _host = new ModelHost(
            _store, _loader, new HostOptions { MemoryBudget = 1L << 30 }, TimeProvider.System, NullLoggerFactory.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _loader.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_adapter_of_a_build_is_heard_and_its_neighbour_keeps_its_own_voice()
    {
        var adapter = GeneratedAdapter.Write(Path.Combine(_folder, "adapter.gguf"), width: 256, layers: 4);
        await CreateAsync("plain", Pico.Path);
        await CreateAsync("adapted", Pico.Path, adapter: adapter);

        var plain = await AskAsync("plain");
        var adapted = await AskAsync("adapted");

        Assert.Contains("Tokyo", plain, StringComparison.Ordinal);
        Assert.NotEqual(plain, adapted);
        Assert.Equal(plain, await AskAsync("plain"));
        Assert.Equal(2, _host.Loaded.Length);
    }

    [Fact]
    public async Task A_declared_draft_guesses_and_zero_turns_it_off()
    {
        await CreateAsync("plain", Pico.Path);
        await CreateAsync("drafted", Pico.Path, draft: Pico.Path);

        var answer = await AskAsync("plain");

        Assert.Equal(answer, await AskAsync("drafted"));
        var loaded = _host.Loaded.ToDictionary(model => model.Name.ShortName, model => model.Size);
        Assert.True(loaded["drafted:latest"] > loaded["plain:latest"] + 1_000_000);
        await AskAsync("drafted", """{"temperature":0,"draft_num_predict":0}""");
        Assert.Equal(1, _host.Loaded.Count(model => model.Names.Length == 2));
    }

    [Fact]
    public async Task What_git_says_of_guessing_wins_over_the_build()
    {
        await CreateAsync("drafted", Pico.Path, draft: Pico.Path);
        var policy = new ModelPolicy
        {
            Name = ModelName.Parse("drafted"), Residency = ResidencyMode.OnDemand, Revision = "abc", DeclaredAt = "modelops.yaml:7",
            Runtime = new RuntimeSettings { DraftTokens = 0, LookupTokens = 15 },
        };
        _host.ApplyPolicies(PolicyTable.Empty with { Models = PolicyTable.Empty.Models.Add(policy.Name, policy) });

        await AskAsync("drafted", """{"temperature":0,"draft_num_predict":8}""");
        var without = _host.Loaded.Max(model => model.Size);
        _host.ApplyPolicies(
            PolicyTable.Empty with { Models = PolicyTable.Empty.Models.Add(policy.Name, policy with { Runtime = new RuntimeSettings() }) });
        await AskAsync("drafted");

        Assert.True(_host.Loaded.Max(model => model.Size) > without + 1_000_000);
    }

    [Fact]
    public async Task Documents_are_ranked_by_what_the_weights_say()
    {
        await CreateAsync("judge", GeneratedModel.Write(ModelShape.Reranker, Path.Combine(_folder, "judge.gguf")));
        var request = new RerankRequest
        {
            Model = "judge",
            Query = "Why is the sky blue?",
            Documents = ["Air scatters blue light.", "Tokyo is a city.", "Air scatters blue light."],
        };

        var outcome = await _host.RerankAsync(request, TestContext.Current.CancellationToken);
        var turned = await _host.RerankAsync(
            request with { Documents = [.. request.Documents.Reverse()] }, TestContext.Current.CancellationToken);
        var other = await _host.RerankAsync(
            request with { Query = "What is the capital of Japan?" }, TestContext.Current.CancellationToken);

        Assert.Equal(3, outcome.Scores.Length);
        Assert.Equal(outcome.Scores[0], outcome.Scores[2], 1e-4f);
        Assert.NotEqual(outcome.Scores[0], outcome.Scores[1], 1e-4f);
        Assert.Equal(outcome.Scores[1], turned.Scores[1], 1e-4f);
        Assert.NotEqual(outcome.Scores[0], other.Scores[0], 1e-4f);
        Assert.True(outcome.PromptTokens > 30);
    }

    [Fact]
    public async Task A_document_that_is_too_long_is_cut_or_refused_as_asked()
    {
        await CreateAsync("judge", GeneratedModel.Write(ModelShape.Reranker, Path.Combine(_folder, "judge.gguf")));
        var request = new RerankRequest
        {
            Model = "judge", Query = "Why?", Documents = [string.Concat(Enumerable.Repeat("The sky is blue. ", 200))],
        };

        var outcome = await _host.RerankAsync(request, TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<InferenceException>(
            () => _host.RerankAsync(request with { Truncate = false }, TestContext.Current.CancellationToken));
        var hopeless = await Assert.ThrowsAsync<InferenceException>(
            () => _host.RerankAsync(request with { Query = request.Documents[0] }, TestContext.Current.CancellationToken));

        Assert.InRange(outcome.PromptTokens, 200, 256);
        Assert.IsType<InferenceRefusal.PairTooLong>(refused.Refusal);
        Assert.IsType<InferenceRefusal.PairTooLong>(hopeless.Refusal);
        Assert.Contains("256", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_without_a_head_for_it_does_not_rank()
    {
        await CreateAsync("chat", Pico.Path);
        await CreateAsync("vectors", GeneratedModel.Write(ModelShape.Embedding, Path.Combine(_folder, "vectors.gguf")));
        foreach (var model in (string[])["chat", "vectors"])
        {
            var error = await Assert.ThrowsAsync<InferenceException>(
                () => _host.RerankAsync(
                    new RerankRequest { Model = model, Query = "q", Documents = ["d"] }, TestContext.Current.CancellationToken));

            Assert.Equal(new InferenceRefusal.DoesNotRank(model), error.Refusal);
        }
    }

    [Fact]
    public async Task Vectors_have_the_length_one_also_when_they_are_cut()
    {
        await CreateAsync("vectors", GeneratedModel.Write(ModelShape.Embedding, Path.Combine(_folder, "vectors.gguf")));
        foreach (var dimensions in (int[])[0, 16, 1000])
        {
            var outcome = await _host.EmbedAsync(
                new EmbedRequest { Model = "vectors", Inputs = ["The sky is blue.", "Tokyo"], Dimensions = dimensions },
                TestContext.Current.CancellationToken);

            Assert.All(outcome.Embeddings, vector => Assert.Equal(dimensions == 16 ? 16 : 128, vector.Length));
            Assert.All(outcome.Embeddings, vector => Assert.Equal(1, vector.Sum(value => value * value), 1e-4f));
        }
    }

    private async Task<string> AskAsync(string model, string options = """{"temperature":0}""")
    {
        var request = new ChatRequest
        {
            Model = model, Messages = [new ChatMessage("user", "What is the capital of Japan?")], Options = JsonElement.Parse(options),
        };
        var text = new StringBuilder();
        await foreach (var item in _host.ChatAsync(request, TestContext.Current.CancellationToken))
        {
            if (item is InferenceEvent.Delta delta)
                text.Append(delta.Content);
        }

        return text.ToString();
    }

    private async Task CreateAsync(string name, string weights, string? adapter = null, string? draft = null)
    {
        var request = new CreateRequest
        {
            Name = ModelName.Parse(name),
            Parameters = new JsonObject { ["num_ctx"] = 512 },
            Files = await FilesAsync(weights),
            Adapters = await FilesAsync(adapter),
            DraftFiles = await FilesAsync(draft),
        };
        await new ModelBuilder(_store, puller: null, quantizer: null).CreateAsync(request, _ => { }, default);
    }

    private async Task<Dictionary<string, string>> FilesAsync(string? path)
    {
        if (path is null)
            return [];
        await using var file = File.OpenRead(path);
        var blob = await _store.Blobs.WriteAsync(file, written: null, default);
        return new Dictionary<string, string> { [Path.GetFileName(path)] = blob.Digest.ToString() };
    }
}
