using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Tests.OpenAi;

/// <summary><c>n</c> and <c>best_of</c>: several answers in one reply.</summary>
public sealed class SeveralAnswersTests
{
    private const string Chat = "/v1/chat/completions";
    private const string Completions = "/v1/completions";
    private const string Messages = "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]";
    private const string Prompt = "\"prompt\":\"x\"";

    private static readonly ImmutableArray<ToolCall> Calls = [new("call_1", 0, "f", JsonElement.Parse("""{"k":1}"""))];

    [Fact]
    public async Task Each_answer_is_a_choice_with_its_own_text_calls_and_reason_and_the_prompt_is_counted_once()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.ScriptOf = request => request.Sample switch
        {
            1 => [FakeInference.Admitted, new InferenceEvent.ToolCalls(Calls), FakeInference.Finished()],
            2 => [FakeInference.Admitted, FakeInference.Text("c", "hm"), FakeInference.Finished(FinishReason.Length)],
            var sample => [FakeInference.Admitted, FakeInference.Text($"a{sample}"), FakeInference.Finished()],
        };

        var reply = await server.PostAsync(Chat, $$"""{"model":"m","n":4,{{Messages}}}""");

        Assert.Equal((200, "application/json", "ab12"), (reply.Status, reply.ContentType, reply.Header("x-modelops-build")));
        Assert.Equal(
            """[{"index":0,"message":{"role":"assistant","content":"a0"},"finish_reason":"stop"},"""
            + """{"index":1,"message":{"role":"assistant","content":"","tool_calls":[{"id":"call_1","index":0,"type":"function","function":{"name":"f","arguments":"{\u0022k\u0022:1}"}}]},"finish_reason":"tool_calls"},"""
            + """{"index":2,"message":{"role":"assistant","content":"c","reasoning":"hm"},"finish_reason":"length"},"""
            + """{"index":3,"message":{"role":"assistant","content":"a3"},"finish_reason":"stop"}]""",
            reply.Json["choices"]!.ToJsonString());
        Assert.Equal("""{"prompt_tokens":14,"completion_tokens":12,"total_tokens":26}""", reply.Json["usage"]!.ToJsonString());
        Assert.Equal([0, 1, 2, 3], server.Inference.Asked.Select(request => ((ChatRequest)request).Sample).Order());
    }

    [Fact]
    public async Task A_stream_has_the_pieces_of_all_answers_as_they_come()
    {
        await using var server = await TestServer.StartAsync();
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Inference.ScriptOf = request => request.Sample == 0 ? First() : Second();

        var reply = await server.PostAsync(
            Chat, $$"""{"model":"m","n":2,"stream":true,"stream_options":{"include_usage":true},{{Messages}}}""");

        var told = reply.Events.SkipLast(1).Select(data => data["choices"]![0]!)
            .Select(choice => $"{choice["index"]} {choice["delta"]!.ToJsonString()} {choice["finish_reason"]}".TrimEnd());
        Assert.Equal(
            [
                """0 {"role":"assistant","content":"a"}""", """1 {"role":"assistant","content":"c"}""", "1 {} stop",
                """0 {"content":"b"}""", "0 {} stop",
            ],
            told);
        Assert.Equal("""{"prompt_tokens":14,"completion_tokens":6,"total_tokens":20}""", reply.Events[^1]["usage"]!.ToJsonString());
        Assert.Empty(reply.Events[^1]["choices"]!.AsArray());
        Assert.EndsWith("data: [DONE]\n\n", reply.Body, StringComparison.Ordinal);
        Assert.Single(reply.Events.Select(data => (string)data["id"]!).Distinct());

        // A script is asked for its next step when the step before was taken.
        IEnumerable<object> First()
        {
            yield return FakeInference.Admitted;
            yield return FakeInference.Text("a");
            second.SetResult();
            yield return first.Task;
            yield return FakeInference.Text("b");
            yield return FakeInference.Finished();
        }

        IEnumerable<object> Second()
        {
            yield return FakeInference.Admitted;
            yield return second.Task;
            yield return FakeInference.Text("c");
            yield return FakeInference.Finished();
            first.SetResult();
        }
    }

    [Theory]
    [InlineData(Chat, Messages, "0", "n must be between 1 and 16, not 0")]
    [InlineData(Chat, Messages, "17", "n must be between 1 and 16, not 17")]
    [InlineData(Chat, Messages, "-1", "n must be between 1 and 16, not -1")]
    [InlineData(Chat, Messages, "99999999999999", "n must be between 1 and 16")]
    [InlineData(Chat, Messages, "\"2\"", "json: cannot unmarshal string into Go struct field ChatCompletionRequest.n of type int")]
    [InlineData(Chat, Messages, "1.5", "json: cannot unmarshal number 1.5 into Go struct field ChatCompletionRequest.n of type int")]
    [InlineData(Chat, Messages, "true", "ChatCompletionRequest.n")]
    [InlineData(Chat, Messages, "[2]", "ChatCompletionRequest.n")]
    [InlineData(Completions, Prompt, "0", "n must be between 1 and 16, not 0")]
    [InlineData(Completions, Prompt, "17", "n must be between 1 and 16, not 17")]
    [InlineData(Completions, Prompt, "\"2\"", "CompletionRequest.n")]
    [InlineData(Completions, Prompt, "1,\"best_of\":17", "best_of must be between 1 and 16, not 17")]
    [InlineData(Completions, Prompt, "1,\"best_of\":0", "best_of must be between 1 and 16, not 0")]
    [InlineData(Completions, Prompt, "3,\"best_of\":2", "best_of must be at least n")]
    [InlineData(Completions, Prompt, "1,\"best_of\":2,\"stream\":true", "best_of cannot be streamed")]
    public async Task What_is_no_such_count_is_refused_and_named(string path, string prompt, string count, string message)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync(path, $$"""{"model":"m",{{prompt}},"n":{{count}}}""");

        Assert.Equal((400, "invalid_request_error"), (reply.Status, (string)reply.Json["error"]!["type"]!));
        Assert.Contains(message, (string)reply.Json["error"]!["message"]!, StringComparison.Ordinal);
        Assert.Empty(server.Inference.Asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"n\":null,\"best_of\":null")]
    [InlineData(",\"n\":1,\"best_of\":1,\"stream\":false")]
    public async Task Without_a_count_there_is_one_answer(string count)
    {
        await using var server = await TestServer.StartAsync();

        foreach (var (path, prompt) in new[] { (Chat, Messages), (Completions, Prompt) })
            Assert.Single((await server.PostAsync(path, $$"""{"model":"m",{{prompt}}{{count}}}""")).Json["choices"]!.AsArray());
    }

    [Fact]
    public async Task Best_of_makes_more_answers_tells_the_likeliest_and_counts_all()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.ScriptOf = request =>
        {
            Assert.True(request.Logprobs);
            return [
                FakeInference.Admitted,
                FakeInference.Tokens($"s{request.Sample}", ("s", -0.5f), ("x", -0.1f * ((request.Sample + 2) % 4))),
                FakeInference.Finished(),
            ];
        };

        var reply = await server.PostAsync(Completions, $$"""{"model":"m",{{Prompt}},"n":2,"best_of":4}""");

        Assert.Equal(
            """[{"text":"s2","index":0,"finish_reason":"stop"},{"text":"s3","index":1,"finish_reason":"stop"}]""",
            reply.Json["choices"]!.ToJsonString());
        Assert.Equal((14, 12), ((int)reply.Json["usage"]!["prompt_tokens"]!, (int)reply.Json["usage"]!["completion_tokens"]!));
    }

    [Theory]
    [InlineData(Chat, Messages)]
    [InlineData(Completions, Prompt)]
    public async Task Who_hangs_up_cancels_all_answers(string path, string prompt)
    {
        await using var server = await TestServer.StartAsync();
        var never = new TaskCompletionSource();
        server.Inference.ScriptOf = _ => [FakeInference.Admitted, FakeInference.Text("a"), never.Task];

        using (var client = await server.OpenAsync("POST", path, $$"""{"model":"m","n":5,"stream":true,{{prompt}}}"""))
            await client.GetStream().ReadExactlyAsync(new byte[1], TestContext.Current.CancellationToken);

        await CancelledAsync(server, 5);
    }

    [Theory]
    [InlineData(Chat, Messages)]
    [InlineData(Completions, Prompt)]
    public async Task An_answer_that_fails_ends_the_reply_and_the_others(string path, string prompt)
    {
        await using var server = await TestServer.StartAsync();
        var begun = new CountdownEvent(2);
        var allBegun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Inference.ScriptOf = request => request.Sample == 2 ? Failing() : Endless();

        var reply = await server.PostAsync(path, $$"""{"model":"m","n":3,"stream":true,{{prompt}}}""")
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal(200, reply.Status);
        Assert.EndsWith(
            "\n\ndata: {\"error\":{\"message\":\"unable to load model m: "
                + "gone\",\"type\":\"api_error\",\"param\":null,\"code\":null}}\n\ndata: [DONE]\n\n",
            reply.Body, StringComparison.Ordinal);
        await CancelledAsync(server, 2);

        var whole = await server.PostAsync(path, $$"""{"model":"m","n":3,{{prompt}}}""");
        Assert.Equal((500, "unable to load model m: gone"), (whole.Status, (string)whole.Json["error"]!["message"]!));
        await CancelledAsync(server, 4);

        IEnumerable<object> Failing()
        {
            yield return FakeInference.Admitted;
            yield return allBegun.Task;
            yield return new InferenceException(new InferenceRefusal.LoadFailed("m", "gone"));
        }

        // A script is asked for its next step when the step before was taken.
        IEnumerable<object> Endless()
        {
            yield return FakeInference.Admitted;
            yield return FakeInference.Text("a");
            if (!begun.IsSet && begun.Signal())
                allBegun.SetResult();
            yield return Task.Delay(Timeout.Infinite, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_busy_server_is_told_with_the_time_to_come_again()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.ScriptOf = request => request.Sample == 1
            ? [new InferenceException(new InferenceRefusal.QueueFull())]
            : [FakeInference.Admitted, Task.Delay(Timeout.Infinite, CancellationToken.None)];

        var reply = await server.PostAsync(Chat, $$"""{"model":"m","n":2,{{Messages}}}""");

        Assert.Equal((503, "1"), (reply.Status, reply.Header("retry-after")));
    }

    [Fact]
    public async Task At_most_sixteen_answers_of_one_request_run_at_once()
    {
        await using var server = await TestServer.StartAsync();
        var open = new TaskCompletionSource();
        server.Inference.ScriptOf = _ => [FakeInference.Admitted, open.Task, FakeInference.Text("a"), FakeInference.Finished()];
        var prompts = new JsonArray([.. Enumerable.Range(0, 40).Select(number => (JsonNode)$"p{number}")]).ToJsonString();

        var running = server.PostAsync(Completions, $$"""{"model":"m","prompt":{{prompts}}}""");
        for (var wait = 0; wait < 500 && server.Inference.Asked.Count < 16; wait++)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Equal(16, server.Inference.Asked.Count);
        open.SetResult();

        Assert.Equal(40, (await running).Json["choices"]!.AsArray().Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_prompt_that_is_only_rendered_is_rendered_once(bool stream)
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [FakeInference.Admitted, new InferenceEvent.Rendered("<x>", 0, 3), FakeInference.Finished()];

        foreach (var (path, prompt) in new[] { (Chat, Messages), (Completions, Prompt) })
        {
            var reply = await server.PostAsync(
                path, $$"""{"model":"m","n":3,"_debug_render_only":true,"stream":{{(stream ? "true" : "false")}},{{prompt}}}""");
            var only = Assert.Single(stream ? reply.Events : [reply.Json]);
            Assert.Null(Assert.Single(only["choices"]!.AsArray())!["finish_reason"]);
            Assert.Equal(stream ? null : "<x>", (string?)only["_debug_info"]?["rendered_template"]);
            Assert.Equal(stream, reply.Body.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal));
        }
    }

    /// <summary>An answer ends a moment after the reply does.</summary>
    private static async Task CancelledAsync(TestServer server, int count)
    {
        for (var wait = 0; wait < 1000 && server.Inference.Cancellations < count; wait++)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(count, server.Inference.Cancellations);
    }
}
