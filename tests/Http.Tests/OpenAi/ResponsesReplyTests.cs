using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Tests.OpenAi;

/// <summary>Answers of <c>/v1/responses</c>, in one piece and streamed.</summary>
public sealed class ResponsesReplyTests
{
    private static readonly ImmutableArray<ToolCall> Calls =
        [new("call_1", 0, "f", JsonElement.Parse("""{"k":1}""")), new("call_2", 1, "g", JsonElement.Parse("{}"))];

    [Fact]
    public async Task A_reply_in_one_piece_tells_the_request_again()
    {
        var reply = await AskAsync(
            """
            {"instructions":"Be brief.","truncation":"auto","temperature":0.5,"max_output_tokens":7,"background":true,"tool_choice":"none","metadata":{"a":"b"},
             "reasoning":{"effort":"low","summary":"auto"},"text":{"format":{"type":"json_schema","name":"n","strict":true,"schema":{"type":"object"}}},
             "tools":[{"type":"function","name":"f","parameters":{"type":"object"}}]}
            """,
            FakeInference.Text("", "Hm"), FakeInference.Text("Yes"), FakeInference.Finished());

        Assert.Equal((200, "application/json"), (reply.Status, reply.ContentType));
        var json = Tidy(reply.Json);
        Assert.Equal(
            """{"id":"resp","object":"response","created_at":0,"completed_at":0,"status":"completed","incomplete_details":null,"model":"Pico","previous_response_id":null,"instructions":"Be brief.","output":[{"id":"rs","type":"reasoning","summary":[{"type":"summary_text","text":"Hm"}],"encrypted_content":"Hm"},{"id":"msg","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Yes","annotations":[],"logprobs":[]}]}],"error":null,"tools":[{"type":"function","name":"f","description":null,"strict":null,"parameters":{"type":"object"}}],"tool_choice":"auto","truncation":"auto","parallel_tool_calls":true,"text":{"format":{"type":"json_schema","name":"n","schema":{"type":"object"},"strict":true}},"top_p":1,"presence_penalty":0,"frequency_penalty":0,"top_logprobs":0,"temperature":0.5,"reasoning":{"effort":"low","summary":"auto"},"usage":{"input_tokens":14,"output_tokens":3,"total_tokens":17,"input_tokens_details":{"cached_tokens":0},"output_tokens_details":{"reasoning_tokens":0}},"max_output_tokens":7,"max_tool_calls":null,"store":false,"background":true,"service_tier":"default","metadata":{},"safety_identifier":null,"prompt_cache_key":null}""",
            json.ToJsonString());
    }

    [Fact]
    public async Task Calls_stand_instead_of_a_message()
    {
        var reply = await AskAsync("{}", FakeInference.Text("Let me see."), new InferenceEvent.ToolCalls(Calls), FakeInference.Finished());

        Assert.Equal(
            """[{"id":"fc","type":"function_call","status":"completed","call_id":"call_1","name":"f","arguments":"{\u0022k\u0022:1}"},{"id":"fc","type":"function_call","status":"completed","call_id":"call_2","name":"g","arguments":"{}"}]""",
            Tidy(reply.Json)["output"]!.ToJsonString());
    }

    [Fact]
    public async Task An_answer_that_was_cut_is_incomplete()
    {
        var whole = await AskAsync("{}", FakeInference.Text("Ye"), FakeInference.Finished(FinishReason.Length));
        Assert.Equal(
            ("incomplete", "max_output_tokens"), ((string)whole.Json["status"]!, (string)whole.Json["incomplete_details"]!["reason"]!));

        var stream = await AskAsync("""{"stream":true}""", FakeInference.Text("Ye"), FakeInference.Finished(FinishReason.Length));
        Assert.Equal("response.incomplete", stream.EventTypes[^1]);
        Assert.Equal("incomplete", (string)stream.Events[^1]["response"]!["output"]![0]!["status"]!);
    }

    [Fact]
    public async Task A_load_is_an_empty_message_and_a_stream_without_items()
    {
        var whole = await AskAsync("{}", FakeInference.Finished(FinishReason.Load));
        Assert.Equal("", (string)whole.Json["output"]![0]!["content"]![0]!["text"]!);

        var stream = await AskAsync("""{"stream":true}""", FakeInference.Finished(FinishReason.Load));
        Assert.Equal(["response.created", "response.in_progress", "response.completed"], stream.EventTypes);
        Assert.Equal("[]", stream.Events[^1]["response"]!["output"]!.ToJsonString());
    }

    [Fact]
    public async Task A_stream_adds_fills_and_ends_one_item_after_the_other()
    {
        var reply = await AskAsync(
            """{"stream":true}""",
            FakeInference.Text("", "H"),
            FakeInference.Text("", "m"),
            FakeInference.Text("Ye"),
            FakeInference.Text("s"),
            new InferenceEvent.ToolCalls(Calls), FakeInference.Text("never told"), FakeInference.Finished());

        Assert.Equal((200, "text/event-stream", "no-cache"), (reply.Status, reply.ContentType, reply.Header("cache-control")));
        Assert.Equal(
            ["response.created", "response.in_progress",
             "response.output_item.added",
             "response.reasoning_summary_text.delta",
             "response.reasoning_summary_text.delta",
             "response.reasoning_summary_text.done",
             "response.output_item.done",
             "response.output_item.added",
             "response.content_part.added",
             "response.output_text.delta",
             "response.output_text.delta",
             "response.output_text.done",
             "response.content_part.done",
             "response.output_item.done",
             "response.output_item.added",
             "response.function_call_arguments.delta",
             "response.function_call_arguments.done",
             "response.output_item.done",
             "response.output_item.added",
             "response.function_call_arguments.delta",
             "response.function_call_arguments.done",
             "response.output_item.done",
             "response.completed"],
            reply.EventTypes);
        Assert.All(reply.Events.Zip(reply.EventTypes), pair => Assert.Equal(pair.Second, (string)pair.First["type"]!));
        Assert.Equal(Enumerable.Range(0, 23), reply.Events.Select(data => (int)data["sequence_number"]!));
        Assert.Equal(
            [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3],
            reply.Events.Where(data => data["output_index"] is not null).Select(data => (int)data["output_index"]!));
        Assert.DoesNotContain("[DONE]", reply.Body, StringComparison.Ordinal);

        var (begun, done) = (reply.Events[0]["response"]!, reply.Events[^1]["response"]!);
        Assert.Equal(("in_progress", null, "[]"), ((string)begun["status"]!, begun["usage"], begun["output"]!.ToJsonString()));
        Assert.Equal((string)begun["id"]!, (string)done["id"]!);
        Assert.Equal(
            reply.Events.Where(data => (string)data["type"]! == "response.output_item.done").Select(data => data["item"]!.ToJsonString()),
            done["output"]!.AsArray().Select(item => item!.ToJsonString()));
        Assert.Equal(
            """{"type":"response.output_text.delta","sequence_number":10,"item_id":"msg","output_index":1,"content_index":0,"delta":"s","logprobs":[]}""",
            Tidy(reply.Events[10]).ToJsonString());
        Assert.Equal(
            """{"type":"response.output_item.added","sequence_number":14,"output_index":2,"item":{"id":"fc","type":"function_call","status":"in_progress","call_id":"call_1","name":"f","arguments":""}}""",
            Tidy(reply.Events[14]).ToJsonString());
    }

    [Fact]
    public async Task A_failure_before_the_first_event_has_a_status()
    {
        var reply = await AskAsync("""{"stream":true}""", new InferenceException(new InferenceRefusal.UnknownModel("x")));

        Assert.Equal((404, "application/json", "no-cache"), (reply.Status, reply.ContentType, reply.Header("cache-control")));
        Assert.Equal("""{"error":{"message":"model 'x' not found","type":"not_found_error","param":null,"code":null}}""", reply.Body);
    }

    [Theory]
    [InlineData(400, "invalid_prompt")]
    [InlineData(500, "server_error")]
    public async Task A_failure_after_the_first_event_ends_the_stream_as_failed(int status, string code)
    {
        var reply = await AskAsync("""{"stream":true}""", FakeInference.Text("", "Hm"), FakeInference.Text("Y"), Some.Refusal(status));

        var response = reply.Events[^1]["response"]!;
        Assert.Equal(("response.failed", "failed"), (reply.EventTypes[^1], (string)response["status"]!));
        Assert.Equal((code, Some.Refusal(status).Message), ((string)response["error"]!["code"]!, (string)response["error"]!["message"]!));
        Assert.Equal("reasoning", (string)Assert.Single(response["output"]!.AsArray())!["type"]!);
    }

    private static async Task<RawReply> AskAsync(string fields, params object[] script)
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [FakeInference.Admitted, .. script];
        var body = JsonNode.Parse("""{"model":"Pico","input":"x"}""")!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(fields)!.AsObject())
            body[name] = value?.DeepClone();
        return await server.PostAsync("/v1/responses", body.ToJsonString());
    }

    /// <summary>Takes out what is another in every reply.</summary>
    private static JsonNode Tidy(JsonNode json)
    {
        switch (json)
        {
            case JsonArray list:
                foreach (var item in list)
                    if (item is not null)
                        Tidy(item);
                break;
            case JsonObject map:
                foreach (var (name, value) in map.ToList())
                {
                    if (name is "id" or "item_id")
                    {
                        Assert.Matches("^(resp|rs|msg|fc)_[0-9a-f]{24}$", (string)value!);
                        map[name] = ((string)value!).Split('_')[0];
                    }
                    else if (name is "created_at" or "completed_at" && value is not null)
                    {
                        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - (long)value, 0, 60);
                        map[name] = 0;
                    }
                    else if (value is not null)
                    {
                        Tidy(value);
                    }
                }

                break;
        }

        return json;
    }
}
