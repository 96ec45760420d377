using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Tests.Anthropic;

/// <summary>Answers of <c>/v1/messages</c>, in one piece and streamed.</summary>
public sealed class MessagesReplyTests
{
    private const string Body = """{"model":"Pico","max_tokens":9,"system":"abc","messages":[{"role":"user","content":"12345"}]""";

    private static readonly ImmutableArray<ToolCall> Calls = [new("call_1", 0, "f", JsonElement.Parse("""{"k":1}"""))];

    [Fact]
    public async Task A_reply_in_one_piece_has_thinking_text_and_calls_in_that_order()
    {
        var reply = await AskAsync(
            false, FakeInference.Text("", "Hm"), FakeInference.Text("Ye"), FakeInference.Text("s"), new InferenceEvent.ToolCalls(Calls),
            FakeInference.Finished());

        Assert.Equal((200, "application/json"), (reply.Status, reply.ContentType));
        Assert.Matches(
            """^\{"id":"msg_[0-9a-f]{24}","type":"message","role":"assistant","model":"Pico","content":\[\{"type":"thinking","thinking":"Hm"\},\{"type":"text","text":"Yes"\},\{"type":"tool_use","id":"call_1","name":"f","input":\{"k":1\}\}\],"stop_reason":"tool_use","usage":\{"input_tokens":14,"output_tokens":3\}\}\n$""",
            reply.Body);
    }

    [Theory]
    [InlineData(FinishReason.Stop, "end_turn")]
    [InlineData(FinishReason.Length, "max_tokens")]
    [InlineData(FinishReason.Load, "stop_sequence")]
    public async Task An_answer_without_anything_has_an_empty_list_of_blocks(FinishReason reason, string word)
    {
        var whole = await AskAsync(false, FakeInference.Finished(reason));
        Assert.Equal(("[]", word), (whole.Json["content"]!.ToJsonString(), (string)whole.Json["stop_reason"]!));

        var stream = await AskAsync(true, FakeInference.Finished(reason));
        Assert.Equal(["message_start", "message_delta", "message_stop"], stream.EventTypes);
        Assert.Equal(word, (string)stream.Events[1]["delta"]!["stop_reason"]!);
    }

    [Fact]
    public async Task A_stream_opens_fills_and_closes_one_block_after_the_other()
    {
        var reply = await AskAsync(
            true,
            FakeInference.Text("", "H"),
            FakeInference.Text("", "m"),
            FakeInference.Text("Ye"),
            FakeInference.Text("s", "late thought"),
            new InferenceEvent.ToolCalls(Calls), FakeInference.Finished());

        Assert.Equal((200, "text/event-stream", "no-cache"), (reply.Status, reply.ContentType, reply.Header("cache-control")));
        Assert.Equal(
            ["message_start", "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop",
             "content_block_start", "content_block_delta", "content_block_delta", "content_block_stop",
             "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"],
            reply.EventTypes);
        Assert.All(reply.Events.Zip(reply.EventTypes), pair => Assert.Equal(pair.Second, (string)pair.First["type"]!));
        Assert.Equal(
            [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2], reply.Events.Where(data => data["index"] is not null).Select(data => (int)data["index"]!));
        Assert.Equal("""{"type":"thinking","thinking":""}""", reply.Events[1]["content_block"]!.ToJsonString());
        Assert.Equal("""{"type":"thinking_delta","thinking":"m"}""", reply.Events[3]["delta"]!.ToJsonString());
        Assert.Equal("""{"type":"text_delta","text":"s"}""", reply.Events[7]["delta"]!.ToJsonString());
        Assert.Equal("""{"type":"tool_use","id":"call_1","name":"f","input":{}}""", reply.Events[9]["content_block"]!.ToJsonString());
        Assert.Equal("""{"type":"input_json_delta","partial_json":"{\u0022k\u0022:1}"}""", reply.Events[10]["delta"]!.ToJsonString());
        Assert.EndsWith(
            """
            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"input_tokens":14,"output_tokens":3}}

            event: message_stop
            data: {"type":"message_stop"}


            """.ReplaceLineEndings("\n"),
            reply.Body,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_begins_with_a_quarter_of_the_bytes_until_the_count_is_known()
    {
        // abc, the role, and 12345
        var early = await AskAsync(true, FakeInference.Text("Yes"), FakeInference.Finished());
        Assert.Equal(12 / 4, (int)early.Events[0]["message"]!["usage"]!["input_tokens"]!);

        var late = await AskAsync(true, new InferenceEvent.ToolCalls(Calls) { OnLastLine = true }, FakeInference.Finished());
        Assert.Equal(14, (int)late.Events[0]["message"]!["usage"]!["input_tokens"]!);
        Assert.Equal("tool_use", (string)late.Events[1]["content_block"]!["type"]!);
    }

    [Theory]
    [InlineData(404, "not_found_error")]
    [InlineData(500, "api_error")]
    [InlineData(503, "overloaded_error")]
    public async Task A_failure_before_the_first_event_has_a_status(int status, string type)
    {
        var reply = await AskAsync(true, Some.Refusal(status));

        Assert.Equal((status, "application/json", "no-cache"), (reply.Status, reply.ContentType, reply.Header("cache-control")));
        Assert.Equal(
            (type, Some.Refusal(status).Message), ((string)reply.Json["error"]!["type"]!, (string)reply.Json["error"]!["message"]!));
    }

    [Fact]
    public async Task A_failure_after_the_first_event_is_an_event()
    {
        var reply = await AskAsync(true, FakeInference.Text("Y"), new InferenceException(new InferenceRefusal.LoadFailed("m", "gone")));

        Assert.Equal(200, reply.Status);
        Assert.EndsWith(
            "\n\nevent: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"unable to load model m: "
                + "gone\"}}\n\n",
            reply.Body,
            StringComparison.Ordinal);
    }

    private static async Task<RawReply> AskAsync(bool stream, params object[] script)
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [FakeInference.Admitted, .. script];
        return await server.PostAsync("/v1/messages", Body + (stream ? ",\"stream\":true}" : "}"));
    }
}
