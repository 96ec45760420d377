using System.Text.Json.Nodes;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Tests.OpenAi;

/// <summary><c>/v1/completions</c>: prompts of every form, echo, and log probabilities.</summary>
public sealed class CompletionTests
{
    private const string Path = "/v1/completions";

    [Theory]
    [InlineData("\"a\"", "a:")]
    [InlineData("[\"a\"]", "a:")]
    [InlineData("[\"a\",\"b\"]", "a: b:")]
    [InlineData("[5,0,7]", ":5,0,7")]
    [InlineData("[[5],[6,7]]", ":5 :6,7")]
    [InlineData("[\"a\",[6,7]]", "a: :6,7")]
    [InlineData("null", ":")]
    [InlineData("[\"\"]", ":")]
    public async Task Every_form_of_prompts_is_taken(string prompt, string asked)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync(Path, $$"""{"model":"m","suffix":"s","prompt":{{prompt}}}""");

        Assert.Equal(200, reply.Status);
        Assert.Equal(
            asked.Split(' ').Order(StringComparer.Ordinal),
            server.Inference.Asked
                .Cast<GenerateRequest>()
                .Select(request => $"{request.Prompt}:{string.Join(',', request.PromptTokens)}")
                .Order(StringComparer.Ordinal));
        Assert.All(server.Inference.Asked.Cast<GenerateRequest>(), request => Assert.Equal("s", request.Suffix));
    }

    [Fact]
    public async Task Choices_of_several_prompts_stand_in_the_order_of_the_prompts_and_each_prompt_is_counted()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.ScriptOf = request =>
            [FakeInference.Admitted, FakeInference.Text($"{((GenerateRequest)request).Prompt}{request.Sample}"), FakeInference.Finished()];

        var reply = await server.PostAsync(Path, """{"model":"m","prompt":["a","b","c"],"n":2}""");

        Assert.Equal(
            ["0 a0", "1 a1", "2 b0", "3 b1", "4 c0", "5 c1"],
            reply.Json["choices"]!.AsArray().Select(choice => $"{choice!["index"]} {choice["text"]}"));
        Assert.Equal((42, 18), ((int)reply.Json["usage"]!["prompt_tokens"]!, (int)reply.Json["usage"]!["completion_tokens"]!));
    }

    [Theory]
    [InlineData("[]", "'prompt'")]
    [InlineData("[\"a\",1]", "prompt[1] must be a text or a list of token numbers, not 1")]
    [InlineData("[\"a\",null]", "prompt[1]")]
    [InlineData("[\"a\",[]]", "prompt[1] must be a text or a list of token numbers, not []")]
    [InlineData("[\"a\",{}]", "prompt[1]")]
    [InlineData("[1,\"a\"]", "prompt[1] must be a token number, not string")]
    [InlineData("[1,1.5]", "prompt[1] must be a token number, not 1.5")]
    [InlineData("[-1]", "prompt[0] must be a token number, not -1")]
    [InlineData("[[1],[2,99999999999]]", "prompt[1][1] must be a token number, not 99999999999")]
    [InlineData("{}", "CompletionRequest.prompt")]
    [InlineData("5", "CompletionRequest.prompt")]
    public async Task What_is_no_prompt_is_refused_with_its_place(string prompt, string message)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync(Path, $$"""{"model":"m","prompt":{{prompt}}}""");

        Assert.Equal((400, "invalid_request_error"), (reply.Status, (string)reply.Json["error"]!["type"]!));
        Assert.Contains(message, (string)reply.Json["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Empty(server.Inference.Asked);
    }

    [Fact]
    public async Task One_request_has_a_bounded_number_of_answers()
    {
        await using var server = await TestServer.StartAsync();
        var prompts = new JsonArray([.. Enumerable.Repeat(0, 129).Select(_ => (JsonNode)"p")]).ToJsonString();

        var reply = await server.PostAsync(Path, $$"""{"model":"m","prompt":{{prompts}},"n":16}""");

        Assert.Equal(400, reply.Status);
        Assert.Contains("2048", (string)reply.Json["error"]!["message"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"Hi 😀\"", "", "Hi 😀|Yes")]
    [InlineData("[7,8]", "as text", "as text|Yes")]
    public async Task An_echoed_prompt_stands_before_the_answer(string prompt, string fromTokens, string text)
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [
            FakeInference.Admitted with { PromptText = fromTokens }, FakeInference.Text("|Yes"), FakeInference.Finished(),
        ];

        var whole = await server.PostAsync(Path, $$"""{"model":"m","echo":true,"prompt":{{prompt}}}""");
        var stream = await server.PostAsync(Path, $$"""{"model":"m","echo":true,"stream":true,"prompt":{{prompt}}}""");

        Assert.Equal(text, (string)whole.Json["choices"]![0]!["text"]!);
        Assert.Equal(text, string.Concat(stream.Events.Select(data => (string)data["choices"]![0]!["text"]!)));
    }

    [Fact]
    public async Task An_echo_of_a_prompt_that_fails_is_an_error_with_a_status()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [FakeInference.Admitted, Some.Refusal(400)];

        Assert.Equal(400, (await server.PostAsync(Path, """{"model":"m","echo":true,"stream":true,"prompt":"x"}""")).Status);
    }

    [Fact]
    public async Task Log_probabilities_are_four_lists_side_by_side()
    {
        await using var server = await TestServer.StartAsync();
        var other = FakeInference.Token("No", -1.5f, []);
        server.Inference.Script =
        [
            FakeInference.Admitted,
            new InferenceEvent.Delta("Yes", "", [FakeInference.Token("Yes", -2f, [other, FakeInference.Token("Eh", -1.75f, [])])]),
            FakeInference.Tokens(" é!", (" é", -0.25f), ("!", -0.5f)),
            FakeInference.Finished(),
        ];

        var reply = await server.PostAsync(Path, """{"model":"m","prompt":"x","logprobs":2}""");

        Assert.Equal(
            """{"tokens":["Yes"," é","!"],"token_logprobs":[-2,-0.25,-0.5],"top_logprobs":[{"No":-1.5,"Eh":-1.75,"Yes":-2},{" é":-0.25},{"!":-0.5}],"text_offset":[0,3,5]}""",
            reply.Json["choices"]![0]!["logprobs"]!.ToJsonString(
                new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal((true, 2), (server.Inference.LastGenerate.Logprobs, server.Inference.LastGenerate.TopLogprobs));
    }

    [Fact]
    public async Task Tokens_that_are_half_a_character_are_told_as_bytes_and_begin_where_it_begins()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [
            FakeInference.Admitted, FakeInference.Text(""), Half("", 0xE2, 0x82), Half("€", 0xAC),
            FakeInference.Tokens("!", ("!", -1f)), FakeInference.Finished(),
        ];

        var reply = await server.PostAsync(Path, """{"model":"m","prompt":"x","logprobs":0}""");

        var told = reply.Json["choices"]![0]!["logprobs"]!;
        Assert.Equal(["bytes:\\xe2\\x82", "bytes:\\xac", "!"], told["tokens"]!.AsArray().Select(token => (string)token!));
        Assert.Equal([0, 0, 1], told["text_offset"]!.AsArray().Select(offset => (int)offset!));

        static InferenceEvent.Delta Half(string text, params byte[] bytes) => new(text, "", [new TokenLogprob(1, [.. bytes], -1f, [])]);
    }

    [Fact]
    public async Task Thinking_and_stop_texts_have_no_log_probabilities_as_they_have_no_text()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script =
        [
            FakeInference.Admitted,
            FakeInference.Tokens("", ("<think>", -1f)),
            FakeInference.Tokens("", ("hm", -1f)) with { Thinking = "hm" },
            FakeInference.Tokens("a", ("a", -1f)), FakeInference.Tokens("", ("STOP", -1f)), FakeInference.Finished(),
        ];

        var reply = await server.PostAsync(Path, """{"model":"m","prompt":"x","logprobs":1}""");

        Assert.Equal("""["a"]""", reply.Json["choices"]![0]!["logprobs"]!["tokens"]!.ToJsonString());
    }

    [Fact]
    public async Task A_stream_has_the_log_probabilities_of_each_piece_and_offsets_that_go_on()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [
            FakeInference.Admitted, FakeInference.Tokens("ab", ("ab", -1f)), FakeInference.Tokens("c", ("c", -2f)),
            FakeInference.Finished(),
        ];

        var reply = await server.PostAsync(Path, """{"model":"m","prompt":"x","logprobs":1,"stream":true}""");

        Assert.Equal(
            ["""{"tokens":["ab"],"token_logprobs":[-1],"top_logprobs":[{"ab":-1}],"text_offset":[0]}""",
             """{"tokens":["c"],"token_logprobs":[-2],"top_logprobs":[{"c":-2}],"text_offset":[2]}""",
             """{"tokens":[],"token_logprobs":[],"top_logprobs":[],"text_offset":[]}"""],
            reply.Events.Select(data => data["choices"]![0]!["logprobs"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("6", "logprobs must be between 0 and 5, not 6")]
    [InlineData("-1", "logprobs must be between 0 and 5, not -1")]
    [InlineData("true", "CompletionRequest.logprobs")]
    [InlineData("\"1\"", "CompletionRequest.logprobs")]
    public async Task What_is_no_number_of_alternatives_is_refused(string logprobs, string message)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync(Path, $$"""{"model":"m","prompt":"x","logprobs":{{logprobs}}}""");

        Assert.Equal(400, reply.Status);
        Assert.Contains(message, (string)reply.Json["error"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_log_probabilities_a_choice_has_no_member_for_them()
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync(Path, """{"model":"m","prompt":"x","logprobs":null}""");

        Assert.Equal("""[{"text":"Yes","index":0,"finish_reason":"stop"}]""", reply.Json["choices"]!.ToJsonString());
        Assert.False(server.Inference.LastGenerate.Logprobs);
    }
}
