using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Tests.OpenAi;

/// <summary><c>echo</c> together with <c>logprobs</c>: the lists begin with the prompt's tokens.</summary>
public class CompletionEchoTests
{
    private const string Path = "/v1/completions";

    private const string Lists =
        """{"tokens":["H","i"," x"],"token_logprobs":[null,-1.5,-0.5],"top_logprobs":[null,{"o":-0.25,"i":-1.5},{" x":-0.5}],"text_offset":[0,1,2]}""";

    private static readonly InferenceEvent[] s_prompt =
    [
        new InferenceEvent.PromptTokens([new PromptToken(FakeInference.Token("H", -3f, [FakeInference.Token("A", -1f, [])]), 0)]),
        new InferenceEvent.PromptTokens([new PromptToken(FakeInference.Token("i", -1.5f, [FakeInference.Token("o", -0.25f, [])]), 1)]),
    ];

    [Theory]
    [InlineData("\"Hi\"", "")]
    [InlineData("[7,8]", "Hi")]
    public async Task The_prompts_tokens_come_first_and_its_first_one_has_no_probability(string prompt, string fromTokens)
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script =
            [
                FakeInference.Admitted with { PromptText = fromTokens }, .. s_prompt, FakeInference.Tokens(" x", (" x", -0.5f)),
                FakeInference.Finished(),
            ];

        var reply = await server.PostAsync(Path, $$"""{"model":"m","prompt":{{prompt}},"echo":true,"logprobs":1}""");

        var choice = reply.Json["choices"]![0]!;
        Assert.Equal("Hi x", (string)choice["text"]!);
        Assert.Equal(Lists, choice["logprobs"]!.ToJsonString());
        Assert.Equal(
            (true, true, 1),
            (
                server.Inference.LastGenerate.PromptLogprobs, server.Inference.LastGenerate.Logprobs,
                server.Inference.LastGenerate.TopLogprobs));
    }

    [Fact]
    public async Task A_stream_begins_with_the_prompt_and_all_of_its_tokens()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [
            FakeInference.Admitted, .. s_prompt, FakeInference.Tokens(" x", (" x", -0.5f)), FakeInference.Finished(),
        ];

        var reply = await server.PostAsync(Path, """{"model":"m","prompt":"Hi","echo":true,"logprobs":1,"stream":true}""");

        Assert.Equal(["Hi x", ""], reply.Events.Select(data => (string)data["choices"]![0]!["text"]!));
        Assert.Equal(Lists, reply.Events[0]["choices"]![0]!["logprobs"]!.ToJsonString());
        Assert.Equal("[]", reply.Events[1]["choices"]![0]!["logprobs"]!["tokens"]!.ToJsonString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_tokens_of_an_answer_leave_the_prompt_alone(bool stream)
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [FakeInference.Admitted, .. s_prompt, FakeInference.Finished(FinishReason.Length)];

        var reply = await server.PostAsync(
            Path, $$"""{"model":"m","prompt":"Hi","echo":true,"logprobs":0,"max_tokens":0,"stream":{{(stream ? "true" : "false")}}}""");

        var choice = (stream ? Assert.Single(reply.Events) : reply.Json)["choices"]![0]!;
        Assert.Equal(("Hi", "length"), ((string)choice["text"]!, (string)choice["finish_reason"]!));
        Assert.Equal("[null,-1.5]", choice["logprobs"]!["token_logprobs"]!.ToJsonString());
        Assert.Equal("[0,1]", choice["logprobs"]!["text_offset"]!.ToJsonString());
    }

    [Fact]
    public async Task Each_answer_to_each_prompt_has_the_tokens_of_its_own_prompt()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.ScriptOf = request =>
        {
            var prompt = ((GenerateRequest)request).Prompt;
            return [
                FakeInference.Admitted,
                new InferenceEvent.PromptTokens([new PromptToken(FakeInference.Token(prompt, 0f, []), 0)]),
                FakeInference.Finished(),
            ];
        };

        var reply = await server.PostAsync(Path, """{"model":"m","prompt":["one","two"],"n":2,"echo":true,"logprobs":0}""");

        Assert.Equal(
            ["one", "one", "two", "two"], reply.Json["choices"]!.AsArray().Select(choice => (string)choice!["logprobs"]!["tokens"]![0]!));
        Assert.All(
            reply.Json["choices"]!.AsArray(), choice => Assert.Equal("[null]", choice!["logprobs"]!["token_logprobs"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("\"echo\":true")]
    [InlineData("\"logprobs\":1")]
    [InlineData("\"echo\":true,\"best_of\":2")]
    public async Task The_prompts_probabilities_are_asked_for_only_where_they_are_told(string fields)
    {
        await using var server = await TestServer.StartAsync();

        await server.PostAsync(Path, $$"""{"model":"m","prompt":"Hi",{{fields}}}""");

        Assert.False(server.Inference.LastGenerate.PromptLogprobs);
    }

    [Fact]
    public async Task A_prompt_that_is_refused_after_its_first_tokens_has_a_status()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [
            FakeInference.Admitted, s_prompt[0], new InferenceException(new InferenceRefusal.TokenizerChangesPrompt()),
        ];

        Assert.Equal(400, (await server.PostAsync(Path, """{"model":"m","prompt":"Hi","echo":true,"logprobs":1,"stream":true}""")).Status);
    }
}
