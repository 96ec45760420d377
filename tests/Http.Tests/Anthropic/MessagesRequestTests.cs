using System.Text.Json.Nodes;
using ModelOps.Prompting.Requests;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Tests.Anthropic;

/// <summary>What of a request of <c>/v1/messages</c> reaches the model, and what is refused.</summary>
public sealed class MessagesRequestTests
{
    private const string Question = """[{"role":"user","content":"x"}]""";

    [Fact]
    public async Task Settings_are_sent_only_where_they_were_given()
    {
        Assert.Equal("""{"num_predict":7}""", (await AskAsync("{}")).Options.GetRawText());
        Assert.Equal(
            """{"stop":["a","b"],"num_predict":7,"temperature":0.5,"top_p":0.25,"top_k":3}""",
            (await AskAsync(
                """{"temperature":0.5,"top_p":0.25,"top_k":3,"stop_sequences":["a","b"],"metadata":{"user_id":"u"},"service_tier":"auto"}""")).Options.GetRawText());
    }

    [Theory]
    [InlineData("\"Be brief.\"", "Be brief.")]
    [InlineData(
        """[{"type":"text","text":"Be "},{"type":"image"},{"type":"text","text":"brief.","cache_control":{"type":"ephemeral"}}]""",
        "Be brief.")]
    [InlineData("\"\"", null)]
    [InlineData("null", null)]
    public async Task The_system_prompt_is_the_first_message(string system, string? text)
    {
        var messages = (await AskAsync($$"""{"system":{{system}}}""")).Messages;

        Assert.Equal(text is null ? ["user"] : ["system", "user"], messages.Select(message => message.Role));
        Assert.Equal(text ?? "x", messages[0].Content);
    }

    [Fact]
    public async Task Results_come_before_what_the_user_says_and_blocks_of_a_turn_are_joined()
    {
        var messages = (await AskAsync(
            """
            {"messages":[
              {"role":"User","content":"What is the weather?"},
              {"role":"assistant","content":[
                {"type":"thinking","thinking":"Look it up.","signature":"abc"},{"type":"redacted_thinking","data":"xyz"},
                {"type":"text","text":"Let me "},{"type":"text","text":"see."},
                {"type":"tool_use","id":"t1","name":"weather","input":{"z":1,"a":[2]}},{"type":"tool_use","id":"t2","name":"time","input":null}]},
              {"role":"user","content":[
                {"type":"text","text":"Well?"},
                {"type":"tool_result","tool_use_id":"t1","content":[{"type":"text","text":"rain"},{"type":"image","source":{"type":"base64","media_type":"image/png","data":"aGk="}},{"type":"text","text":"y"}]},
                {"type":"tool_result","tool_use_id":"t2","is_error":true,"content":"late"},
                {"type":"document","source":{}},{"type":"nonsense"}]},
              {"role":"user","content":[{"type":"nonsense"}]}]}
            """)).Messages;

        Assert.Equal(["user", "assistant", "tool", "tool", "user"], messages.Select(message => message.Role));
        Assert.Equal(("Let me see.", "Look it up."), (messages[1].Content, messages[1].Thinking));
        Assert.Equal(
            [("t1", 0, "weather", """{"z":1,"a":[2]}"""), ("t2", 1, "time", "{}")],
            messages[1].ToolCalls.Select(call => (call.Id, call.Index, call.Name, call.Arguments.GetRawText())));
        Assert.Equal(
            ("t1", "rainy", "hi"),
            (messages[2].ToolCallId, messages[2].Content, System.Text.Encoding.UTF8.GetString(messages[2].Images[0].Span)));
        Assert.Equal(("t2", "late", "Well?"), (messages[3].ToolCallId, messages[3].Content, messages[4].Content));
    }

    [Fact]
    public async Task Tools_keep_their_schema_and_need_none()
    {
        var tools = (await AskAsync(
            """
            {"tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{"b":{"type":"string","title":"B"},"a":{"type":"integer"}},"required":["b"],"additionalProperties":false}},
                      {"name":"now"},{"type":"web_search_20250305","name":"web_search","max_uses":2}]}
            """)).Tools;

        Assert.Equal(["f", "now"], tools.Select(tool => tool.Name));
        Assert.Equal(
            """{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","required":["b"],"properties":{"b":{"type":"string"},"a":{"type":"integer"}}}}}""",
            tools[0].Json.GetRawText());
        Assert.Equal("""{"type":"function","function":{"name":"now"}}""", tools[1].Json.GetRawText());
    }

    [Theory]
    [InlineData("""{"type":"auto","disable_parallel_tool_use":true}""", ToolChoiceKind.Auto, "")]
    [InlineData("""{"type":"any"}""", ToolChoiceKind.Required, "")]
    [InlineData("""{"type":"none"}""", ToolChoiceKind.None, "")]
    [InlineData("""{"type":"tool","name":"f"}""", ToolChoiceKind.Named, "f")]
    public async Task A_tool_choice_holds(string choice, ToolChoiceKind kind, string name) =>
        Assert.Equal(new ToolChoice(kind, name), (await AskAsync($$"""{"tool_choice":{{choice}}}""")).ToolChoice);

    [Theory]
    [InlineData("{}", false, false, "")]
    [InlineData("""{"thinking":{"type":"enabled","budget_tokens":1024}}""", true, true, "")]
    [InlineData("""{"thinking":{"type":"disabled"},"output_config":{"effort":"high"}}""", true, false, "")]
    [InlineData("""{"thinking":{"type":"adaptive"}}""", false, false, "")]
    [InlineData("""{"thinking":{"type":"adaptive"},"output_config":{"effort":"max"}}""", true, true, "max")]
    [InlineData("""{"thinking":{"type":"adaptive"},"output_config":{"effort":"xhigh"}}""", true, true, "high")]
    [InlineData("""{"thinking":{"type":"adaptive"},"output_config":{"effort":"wild"}}""", false, false, "")]
    public async Task Thinking_is_asked_of_models_that_can(string fields, bool isSet, bool enabled, string level)
    {
        var request = await AskAsync(fields);

        Assert.Equal(new ThinkSetting(isSet, enabled, level), request.Think);
        Assert.True(request.ThinkIfAble);
    }

    [Theory]
    [InlineData("""{"max_tokens":7,"messages":[]}""", "model is required")]
    [InlineData("""{"model":"m","messages":[]}""", "max_tokens is required and must be positive")]
    [InlineData("""{"model":"m","max_tokens":-1,"messages":[]}""", "max_tokens is required and must be positive")]
    [InlineData("""{"model":"m","max_tokens":7}""", "messages is required")]
    [InlineData("""{"model":"m","max_tokens":7,"messages":[{"role":"user"}]}""", "invalid message content type: <nil>")]
    [InlineData("""{"model":"m","max_tokens":7,"messages":[{"role":"user","content":["x"]}]}""", "invalid content block format")]
    [InlineData(
        """{"model":"m","max_tokens":7,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://e/x.png"}}]}]}""",
        "invalid image source type: url. Only base64 images are supported.")]
    [InlineData("""{"model":"m","max_tokens":7,"messages":[{"role":"user","content":[{"type":"image"}]}]}""", "invalid image source")]
    [InlineData(
        """{"model":"m","max_tokens":7,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","data":"!"}}]}]}""",
        "invalid base64 image data: illegal base64 data at input byte 0")]
    [InlineData(
        """{"model":"m","max_tokens":7,"messages":[{"role":"assistant","content":[{"type":"tool_use","name":"f"}]}]}""",
        "tool_use block missing required 'id' field")]
    [InlineData(
        """{"model":"m","max_tokens":7,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t"}]}]}""",
        "tool_use block missing required 'name' field")]
    [InlineData(
        """{"model":"m","max_tokens":7,"messages":[{"role":"user","content":"x"}],"tools":[{"name":"f","input_schema":5}]}""",
        "invalid input_schema for tool \"f\": json: cannot unmarshal number into Go value of type api.ToolFunctionParameters")]
    [InlineData(
        """{"model":"m","max_tokens":7,"messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"tool"}}""",
        "invalid tool_choice: {\"type\":\"tool\"} (its type must be \"auto\", \"any\", \"none\", or \"tool\" with a name)")]
    [InlineData(
        """{"model":"m","max_tokens":5.5}""",
        "json: cannot unmarshal number 5.5 into Go struct field MessagesRequest.max_tokens of type int")]
    [InlineData("", "EOF")]
    [InlineData("{", "unexpected EOF")]
    public async Task What_is_wrong_is_told_in_the_envelope_of_the_surface(string body, string message)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync("/v1/messages?beta=true", body, ("x-api-key", "k"), ("anthropic-version", "2023-06-01"));

        Assert.Equal((400, "application/json; charset=utf-8"), (reply.Status, reply.ContentType));
        Assert.Equal(
            ("error", "invalid_request_error", message),
            ((string)reply.Json["type"]!, (string)reply.Json["error"]!["type"]!, (string)reply.Json["error"]!["message"]!));
        Assert.Matches("^req_[0-9a-f]{24}$", (string)reply.Json["request_id"]!);
        Assert.Null(server.Inference.Last);
    }

    private static async Task<ChatRequest> AskAsync(string fields)
    {
        await using var server = await TestServer.StartAsync();
        var body = JsonNode.Parse($$"""{"model":"m","max_tokens":7,"messages":{{Question}}}""")!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(fields)!.AsObject())
            body[name] = value?.DeepClone();
        var reply = await server.PostAsync("/v1/messages", body.ToJsonString());
        Assert.True(reply.Status == 200, reply.Body);
        return server.Inference.LastChat;
    }
}
