using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Requests;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Tests.OpenAi;

/// <summary>What of a request of <c>/v1/responses</c> reaches the model, and what is refused.</summary>
public sealed class ResponsesRequestTests
{
    [Fact]
    public async Task Settings_have_the_defaults_of_this_surface()
    {
        Assert.Equal("""{"temperature":1}""", (await AskAsync("{}")).Options.GetRawText());
        Assert.Equal(
            """{"num_predict":5,"temperature":0,"top_p":0.5}""",
            (await AskAsync(
                """{"max_output_tokens":5,"temperature":0,"top_p":0.5,"store":true,"previous_response_id":"resp_1","metadata":{"a":"b"}}""")).Options.GetRawText());
    }

    [Fact]
    public async Task A_text_is_one_message_and_instructions_come_first()
    {
        var messages = (await AskAsync("""{"input":"x","instructions":"Be brief."}""")).Messages;

        Assert.Equal([("system", "Be brief."), ("user", "x")], messages.Select(message => (message.Role, message.Content)));
        Assert.Empty((await AskAsync("""{"input":""}""")).Messages);
    }

    [Fact]
    public async Task Items_become_turns()
    {
        var messages = (await AskAsync(
            """
            {"input":[
              {"role":"developer","content":"Be brief."},
              {"type":"message","role":"user","content":[{"type":"input_text","text":"What is "},{"type":"input_image","image_url":"data:image/png;base64,aGk="},{"type":"input_image","file_id":"f"},{"type":"input_text","text":"this?"}]},
              {"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"Look it up."},
              {"type":"function_call","call_id":"c1","name":"see","arguments":"{\"z\":1}"},
              {"type":"function_call","call_id":"c2","name":"hear","arguments":""},
              {"type":"web_search_call","id":"ws_1"},
              {"type":"message","role":"assistant","content":[{"type":"output_text","text":"One moment."}]},
              {"type":"function_call_output","call_id":"c1","output":"a cat"},
              {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"pur"},{"type":"input_text","text":"ring"}]},
              {"role":"assistant","content":"A cat."},
              {"role":"user","content":null}]}
            """)).Messages;

        Assert.Equal(
            [
                ("developer", "Be brief."), ("user", "What is this?"), ("assistant", "One moment."), ("tool", "a cat"),
                ("tool", "purring"), ("assistant", "A cat."), ("user", ""),
            ],
            messages.Select(message => (message.Role, message.Content)));
        Assert.Equal("hi"u8.ToArray(), Assert.Single(messages[1].Images).ToArray());
        Assert.Equal("Look it up.", messages[2].Thinking);
        Assert.Equal(
            [("c1", 0, "see", """{"z":1}"""), ("c2", 1, "hear", "{}")],
            messages[2].ToolCalls.Select(call => (call.Id, call.Index, call.Name, call.Arguments.GetRawText())));
        Assert.Equal(("c1", "c2", ""), (messages[3].ToolCallId, messages[4].ToolCallId, messages[5].Thinking));
    }

    [Fact]
    public async Task A_call_joins_the_turn_before_it_and_a_call_without_a_result_stays_apart()
    {
        var messages = (await AskAsync(
            """
            {"input":[
              {"role":"user","content":"x"},
              {"role":"assistant","content":"Let me see."},
              {"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
              {"role":"assistant","content":"Never mind."}]}
            """)).Messages;

        Assert.Equal(
            [("user", 0), ("assistant", 1), ("assistant", 0)], messages.Select(message => (message.Role, message.ToolCalls.Length)));
        Assert.Equal("Let me see.", messages[1].Content);
    }

    [Fact]
    public async Task Tools_are_flat_and_namespaces_are_flattened()
    {
        var tools = (await AskAsync(
            """
            {"tools":[
              {"type":"function","name":"f","description":"d","strict":true,"parameters":{"type":"object","properties":{"b":{"type":"string"},"a":{"type":"integer"}}}},
              {"type":"namespace","name":"fs","tools":[{"type":"function","name":"read"},{"type":"function","name":"fs.write"}]},
              {"type":"custom","name":"grep","description":"g"},
              {"type":"web_search"}]}
            """)).Tools;

        Assert.Equal(["f", "fs.read", "fs.write", "grep"], tools.Select(tool => tool.Name));
        Assert.Equal(
            ["b", "a"],
            tools[0].Json
                .GetProperty("function")
                .GetProperty("parameters")
                .GetProperty("properties")
                .EnumerateObject()
                .Select(property => property.Name));
    }

    [Fact]
    public async Task Settings_of_the_text_other_than_its_format_leave_the_answer_free() =>
        Assert.Equal(JsonValueKind.Undefined, (await AskAsync("""{"text":{"verbosity":"low"}}""")).Format.ValueKind);

    [Fact]
    public async Task Effort_and_tool_choice_are_followed()
    {
        var request = await AskAsync(
            """{"reasoning":{"effort":"minimal","summary":"auto"},"tool_choice":{"type":"function","name":"f"}}""");

        Assert.Equal((new ThinkSetting(IsSet: true, Enabled: true, "low"), false), (request.Think, request.ThinkIfAble));
        Assert.Equal(new ToolChoice(ToolChoiceKind.Named, "f"), request.ToolChoice);
    }

    [Theory]
    [InlineData(
        """{"input":5}""", "input must be a string or array: json: cannot unmarshal number into Go value of type []json.RawMessage")]
    [InlineData(
        """{"input":[{"role":"user","content":"x"},{"type":"item_reference","id":"x"}]}""",
        "input[1]: unknown input item type: \"item_reference\"")]
    [InlineData("""{"input":[{"content":"x"}]}""", "input[0]: input item missing required 'type' field")]
    [InlineData("""{"input":["x"]}""", "input[0]: input item missing required 'type' field")]
    [InlineData(
        """{"input":[{"role":"user","content":[{"type":"input_text","text":"x"},{"type":"video"}]}]}""",
        "input[0]: content[1]: unknown content type: video")]
    [InlineData(
        """{"input":[{"role":"user","content":[{"type":"input_file","file_id":"x"}]}]}""", "file inputs are not currently supported")]
    [InlineData(
        """{"input":[{"role":"user","content":[{"type":"input_image","image_url":"https://e/x.png"}]}]}""",
        "image URLs are not currently supported, please use base64 encoded data instead")]
    [InlineData(
        """{"reasoning":{"effort":"wild"}}""",
        "invalid reasoning value: \"wild\" (must be \"minimal\", \"low\", \"medium\", \"high\", \"xhigh\", \"ultra\", \"max\", or "
            + "\"none\")")]
    public async Task What_is_wrong_is_told_in_the_envelope_of_the_surface(string fields, string message)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync("/v1/responses", Body(fields));

        Assert.Equal((400, "application/json; charset=utf-8"), (reply.Status, reply.ContentType));
        Assert.Equal(("invalid_request_error", message), ((string)reply.Json["error"]!["type"]!, (string)reply.Json["error"]!["message"]!));
        Assert.Null(server.Inference.Last);
    }

    private static string Body(string fields)
    {
        var body = JsonNode.Parse("""{"model":"m"}""")!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(fields)!.AsObject())
            body[name] = value?.DeepClone();
        return body.ToJsonString();
    }

    private static async Task<ChatRequest> AskAsync(string fields)
    {
        await using var server = await TestServer.StartAsync();
        var reply = await server.PostAsync("/v1/responses", Body(fields));
        Assert.True(reply.Status == 200, reply.Body);
        return server.Inference.LastChat;
    }
}
