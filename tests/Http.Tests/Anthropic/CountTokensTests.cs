using ModelOps.Prompting.Events;

namespace ModelOps.Http.Tests.Anthropic;

/// <summary><c>/v1/messages/count_tokens</c>.</summary>
public sealed class CountTokensTests
{
    private const string Path = "/v1/messages/count_tokens";

    [Theory]
    [InlineData(Path)]
    [InlineData(Path + "?beta=true")]
    public async Task The_rendered_prompt_with_system_and_tools_is_counted(string path)
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [FakeInference.Admitted, new InferenceEvent.Rendered("<x>", 0, 37), FakeInference.Finished()];

        var reply = await server.PostAsync(path, """
            {"model":"m","system":"Be brief.","messages":[{"role":"user","content":"x"}],"tools":[{"name":"f","description":"d","input_schema":{"type":"object"}}],"stream":true}
            """);

        Assert.Equal((200, "application/json", "{\"input_tokens\":37}\n"), (reply.Status, reply.ContentType, reply.Body));
        var asked = server.Inference.LastChat;
        Assert.Equal((true, false), (asked.DebugRenderOnly, asked.Truncate));
        Assert.Equal(["system", "user"], asked.Messages.Select(message => message.Role));
        Assert.Equal("f", Assert.Single(asked.Tools).Name);
    }

    [Theory]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}", "model is required")]
    [InlineData("{\"model\":\"m\"}", "messages is required")]
    [InlineData("{\"model\":\"m\",\"messages\":[]}", "messages is required")]
    [InlineData("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":5}]}", "invalid message content type: float64")]
    [InlineData("{\"model\":\"m\",\"messages\":\"x\"}", "cannot unmarshal string into Go struct field CountTokensRequest.messages")]
    [InlineData("[]", "cannot unmarshal array into Go value of type anthropic.CountTokensRequest")]
    public async Task What_cannot_be_counted_is_refused_in_the_envelope_of_the_surface(string body, string message)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync(Path, body);

        Assert.Equal(
            (400, "error", "invalid_request_error"), (reply.Status, (string)reply.Json["type"]!, (string)reply.Json["error"]!["type"]!));
        Assert.Contains(message, (string)reply.Json["error"]!["message"]!, StringComparison.Ordinal);
        Assert.StartsWith("req_", (string)reply.Json["request_id"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "not_found_error")]
    [InlineData(503, "overloaded_error")]
    [InlineData(500, "api_error")]
    public async Task What_the_runtime_refuses_too(int status, string type)
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [Some.Refusal(status)];

        var reply = await server.PostAsync(Path, """{"model":"m","messages":[{"role":"user","content":"x"}]}""");

        Assert.Equal((status, type), (reply.Status, (string)reply.Json["error"]!["type"]!));
    }

    [Fact]
    public async Task Messages_that_say_nothing_have_no_tokens()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [FakeInference.Admitted, FakeInference.Finished(FinishReason.Load)];

        var reply = await server.PostAsync(Path, """{"model":"m","messages":[{"role":"user","content":[]}]}""");

        Assert.Equal((200, "{\"input_tokens\":0}\n"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Only_POST_is_allowed()
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.GetAsync(Path);

        Assert.Equal((405, "POST"), (reply.Status, reply.Header("allow")));
    }
}
