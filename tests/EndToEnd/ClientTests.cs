using System.ClientModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Anthropic;
using Anthropic.Models.Messages;
using ModelOps.TestKit;
using OpenAI;
using OpenAI.Chat;

namespace ModelOps.EndToEnd;

/// <summary>The example repository, as the README serves it, asked by the clients that people have.</summary>
public class ClientTests(ClientTests.ExampleDaemon example) : IClassFixture<ClientTests.ExampleDaemon>
{
    private const string Question = "Why is the sky blue?";

    private static bool HasNode { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, "node")));

    private Daemon Daemon => example.Daemon!;

    [Theory]
    [InlineData("openai")]
    [InlineData("openai-stream")]
    [InlineData("responses")]
    [InlineData("responses-stream")]
    [InlineData("ollama")]
    [InlineData("ollama-stream")]
    [InlineData("anthropic")]
    [InlineData("anthropic-stream")]
    public async Task A_node_client_gets_a_sensible_answer(string client)
    {
        var reply = await NodeAsync("chat.mjs", client, Daemon.Address.ToString().TrimEnd('/'), "assistant", Question);
        Assert.Contains("blue", (string)reply["text"]!, StringComparison.Ordinal);
        Assert.Contains((string)reply["finish"]!, new[] { "stop", "completed", "end_turn" });
        Assert.True(reply["pieces"] is not { } pieces || (int)pieces > 3, "the stream came in one piece");
    }

    [Theory]
    [InlineData("responses")]
    [InlineData("anthropic")]
    public async Task A_node_client_plays_a_round_with_a_tool_and_understands_a_refusal(string client)
    {
        var played = await NodeAsync("tools.mjs", client, Daemon.Address.ToString().TrimEnd('/'), "assistant");

        Assert.Equal(("get_weather", """{"city":"Tokyo"}"""), ((string)played["call"]!, played["input"]!.ToJsonString()));
        Assert.Contains("sunny", (string)played["text"]!, StringComparison.Ordinal);
        Assert.Equal((404, "not_found_error"), ((int)played["status"]!, (string)played["type"]!));
    }

    [Fact]
    public async Task The_OpenAI_package_for_dotnet_chats_and_streams()
    {
        var client = new OpenAIClient(
            new ApiKeyCredential("ollama"), new OpenAIClientOptions { Endpoint = new Uri(Daemon.Address, "v1") }).GetChatClient(
            "assistant");
        ChatCompletion reply = await client.CompleteChatAsync(
            [new UserChatMessage(Question)], new ChatCompletionOptions { Temperature = 0 });
        Assert.Contains("blue", reply.Content[0].Text, StringComparison.Ordinal);

        var streamed = new List<string>();
        await foreach (var update in client.CompleteChatStreamingAsync(
            [new UserChatMessage(Question)], new ChatCompletionOptions { Temperature = 0 }))
            streamed.AddRange(update.ContentUpdate.Select(part => part.Text));
        Assert.Equal(reply.Content[0].Text, string.Concat(streamed));
        Assert.True(streamed.Count > 3);
    }

    [Fact]
    public async Task The_Anthropic_package_for_dotnet_chats_and_streams()
    {
        var client = new AnthropicClient { BaseUrl = Daemon.Address.ToString().TrimEnd('/'), ApiKey = "ollama", MaxRetries = 0 };
        var question = new MessageCreateParams { Model = "assistant", MaxTokens = 200, Messages = [new UserMessageParam(Question)] };
        var reply = await client.Messages.Create(question, TestContext.Current.CancellationToken);
        var whole = string.Concat(reply.Content.Select(block => block.TryPickText(out var text) ? text.Text : ""));
        Assert.Contains("blue", whole, StringComparison.Ordinal);

        var streamed = new List<string>();
        await foreach (var item in client.Messages.CreateStreaming(question, TestContext.Current.CancellationToken))
        {
            if (item.TryPickContentBlockDelta(out var block) && block.Delta.TryPickText(out var text))
                streamed.Add(text.Text);
        }

        Assert.Equal(whole, string.Concat(streamed));
        Assert.True(streamed.Count > 3);
    }

    [Fact]
    public async Task A_node_client_gets_several_answers_and_the_same_ones_again()
    {
        var reply = await NodeAsync("samples.mjs", "chat", Daemon.Address.ToString().TrimEnd('/'), "assistant");

        var texts = Texts(reply["texts"]);
        Assert.Equal([0, 1, 2, 3], reply["indices"]!.AsArray().Select(index => (int)index!));
        Assert.True(texts.Distinct().Count() > 1, "all answers are alike");
        Assert.Equal(texts, Texts(reply["again"]));
        Assert.Equal(texts[0], Assert.Single(Texts(reply["alone"])));
        Assert.Equal((int)reply["promptAlone"]!, (int)reply["prompt"]!);
        Assert.True((int)reply["completion"]! > (int)reply["completionAlone"]!);
        Assert.Equal(400, (int)reply["status"]!);
        Assert.Contains("n must be between 1 and 16, not 17", (string)reply["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_client_streams_several_answers_side_by_side()
    {
        var reply = await NodeAsync("samples.mjs", "chat-stream", Daemon.Address.ToString().TrimEnd('/'), "assistant");

        Assert.Equal(Texts(reply["whole"]), Texts(reply["texts"]));
        Assert.Equal(reply["wholeUsage"]!.ToJsonString(), reply["usage"]!.ToJsonString());
        Assert.All(Texts(reply["finish"]), reason => Assert.Contains(reason, new[] { "stop", "length" }));
        var order = reply["order"]!.AsArray().Select(index => (int)index!).ToList();
        Assert.True(order.Zip(order.Skip(1)).Count(pair => pair.First != pair.Second) > 4, "the answers came one after the other");
    }

    [Fact]
    public async Task A_node_client_completes_lists_of_prompts_with_echo_tokens_and_log_probabilities()
    {
        var reply = await NodeAsync("samples.mjs", "completions", Daemon.Address.ToString().TrimEnd('/'), "assistant");

        var (text, logprobs) = ((string)reply["single"]!["text"]!, reply["single"]!["logprobs"]!);
        Assert.Equal(text, string.Concat(Texts(logprobs["tokens"])));
        Assert.Equal(logprobs["tokens"]!.AsArray().Count, logprobs["text_offset"]!.AsArray().Count);
        Assert.All(logprobs["token_logprobs"]!.AsArray(), logprob => Assert.InRange((double)logprob!, -50, 0));
        Assert.All(logprobs["top_logprobs"]!.AsArray(), top => Assert.InRange(top!.AsObject().Count, 1, 3));
        Assert.All(
            Texts(logprobs["tokens"]).Zip(logprobs["text_offset"]!.AsArray()),
            pair => Assert.Equal(pair.First, text.Substring((int)pair.Second!, pair.First.Length)));

        Assert.Equal(text, Texts(reply["several"])[0]);
        Assert.Equal("Count to five." + text, (string)reply["echoed"]!);
        Assert.Equal(2, Texts(reply["tokens"]).Distinct().Count());
        Assert.Equal(400, (int)reply["unknown"]!);
        Assert.Equal((2, (int)reply["prompt"]!), ((int)reply["best"]!, (int)reply["bestPrompt"]!));
        Assert.True((int)reply["bestTokens"]! > 2 * 12, "only the best were counted");
    }

    [Fact]
    public async Task Node_clients_list_models_each_in_the_form_of_its_surface()
    {
        var reply = await NodeAsync("samples.mjs", "models", Daemon.Address.ToString().TrimEnd('/'), "assistant");

        Assert.Equal("model", (string)reply["one"]!["type"]!);
        Assert.True(
            DateTimeOffset.TryParse((string)reply["one"]!["created_at"]!, System.Globalization.CultureInfo.InvariantCulture, out _));
        var ids = reply["listed"]!.AsArray().Select(model => (string)model!["id"]!).ToList();
        Assert.Contains("assistant:latest", ids);
        Assert.Equal(ids, reply["usual"]!.AsArray().Select(model => (string)model!["id"]!));
        Assert.Equal((404, "not_found_error"), ((int)reply["status"]!, (string)reply["type"]!));
    }

    [Fact]
    public async Task A_node_client_counts_the_tokens_that_its_message_then_has()
    {
        var reply = await NodeAsync("samples.mjs", "count", Daemon.Address.ToString().TrimEnd('/'), "assistant");

        Assert.Equal((int)reply["used"]!, (int)reply["whole"]!);
        Assert.Equal((int)reply["plain"]!, (int)reply["beta"]!);
        Assert.InRange((int)reply["plain"]!, 5, (int)reply["whole"]! - 5);
        Assert.Equal((404, "not_found_error"), ((int)reply["status"]!, (string)reply["type"]!));
    }

    [Fact]
    public async Task The_Anthropic_package_for_dotnet_counts_tokens_and_lists_models()
    {
        var client = new AnthropicClient { BaseUrl = Daemon.Address.ToString().TrimEnd('/'), ApiKey = "ollama", MaxRetries = 0 };
        var counted = await client.Messages.CountTokens(
            new MessageCountTokensParams { Model = "assistant", Messages = [new UserMessageParam(Question)] },
            TestContext.Current.CancellationToken);
        Assert.InRange(counted.InputTokens, 5, 200);

        var page = await client.Models.List(cancellationToken: TestContext.Current.CancellationToken);
        Assert.Contains(page.Items, model => model.ID == "assistant:latest");
    }

    [Fact]
    public async Task Curl_works_on_both_surfaces_with_and_without_streaming()
    {
        var message = $$"""{"model":"assistant","messages":[{"role":"user","content":"{{Question}}"}]""";
        Assert.Contains("blue", await Curl("api/chat", message + ""","stream":false}"""), StringComparison.Ordinal);
        Assert.Contains(
            "blue", await Curl("v1/chat/completions", message + "}", "-H", "Authorization: Bearer ollama"), StringComparison.Ordinal);
        Assert.True((await Curl("api/chat", message + "}")).Trim().Split('\n').Length > 4);
        Assert.EndsWith("data: [DONE]\n\n", await Curl("v1/chat/completions", message + ""","stream":true}"""), StringComparison.Ordinal);
        Assert.Contains(
            "\"done\":true",
            await Curl("api/generate", $$"""{"model":"assistant","prompt":"{{Question}}","stream":false}"""),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tools_are_called()
    {
        var (_, body) = await Daemon.SendAsync(HttpMethod.Post, "api/chat", JsonNode.Parse("""
            {"model":"assistant","stream":false,"options":{"temperature":0},
             "messages":[{"role":"user","content":"What is the weather in Tokyo?"}],
             "tools":[{"type":"function","function":{"name":"get_weather","description":"Get the weather","parameters":
               {"type":"object","properties":{"city":{"type":"string","description":"The name of the city"}},"required":["city"]}}}]}
            """)!);
        var call = Assert.Single(body!["message"]!["tool_calls"]!.AsArray())!["function"]!;
        Assert.Equal("get_weather", (string?)call["name"]);
        Assert.Equal("Tokyo", (string?)call["arguments"]!["city"]);
    }

    private static List<string> Texts(JsonNode? list) => [.. list!.AsArray().Select(text => (string)text!)];

    /// <summary>Skips the test where npm could not restore the clients.</summary>
    private static async Task<JsonNode> NodeAsync(params string[] arguments)
    {
        var clients = RepoRoot.Combine("tests", "EndToEnd", "clients");
        Assert.SkipUnless(
            HasNode && File.Exists(Path.Combine(clients, "node_modules", ".package-lock.json")),
            "the JavaScript clients are not there: they need Node.js and npm in the PATH when the tests are built and run");
        using var process = Process.Start(new ProcessStartInfo("node", arguments)
        {
            WorkingDirectory = clients,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        return JsonNode.Parse(output)!;
    }

    private async Task<string> Curl(string path, string body, params string[] options)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "curl", ["-sS", "--no-buffer", new Uri(Daemon.Address, path).ToString(), "-d", body, .. options])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    /// <summary>One daemon for the whole class.</summary>
    public sealed class ExampleDaemon : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        internal Daemon? Daemon { get; private set; }

        public async ValueTask InitializeAsync() =>
            Daemon = await EndToEnd.Daemon.StartReadyAsync(
                ModelsRepository.FromExample(_folder.Combine("repository")).Path, _folder.Combine("home"));

        public async ValueTask DisposeAsync()
        {
            if (Daemon is not null)
                await Daemon.DisposeAsync();
            _folder.Dispose();
        }
    }
}
