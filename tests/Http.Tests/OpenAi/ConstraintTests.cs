using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Tests.OpenAi;

/// <summary>What holds an answer to a form reaches the runtime whole, whatever the model is shown of it.</summary>
public class ConstraintTests
{
    private const string Tool =
        """{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{"n":{"type":"integer","minimum":1}},"additionalProperties":false}}}""";

    [Theory]
    [InlineData("/api/chat")]
    [InlineData("/v1/chat/completions")]
    public async Task A_tool_keeps_every_keyword_beside_what_models_are_shown(string path)
    {
        await using var server = await TestServer.StartAsync();

        await server.PostAsync(path, $$"""{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{{Tool}}]}""");

        var tool = Assert.Single(server.Inference.LastChat.Tools);
        Assert.True(tool.IsStrict);
        Assert.Equal(
            """{"type":"object","properties":{"n":{"type":"integer","minimum":1}},"additionalProperties":false}""",
            tool.Schema.GetRawText());
        Assert.Equal(
            """{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"n":{"type":"integer"}}}}}""",
            tool.Json.GetRawText());
    }

    [Theory]
    [InlineData("\"strict\":false,")]
    [InlineData("\"strict\":null,")]
    [InlineData("\"strict\":\"yes\",")]
    [InlineData("")]
    public async Task Only_a_truth_makes_a_tool_strict(string strict)
    {
        await using var server = await TestServer.StartAsync();

        await server.PostAsync(
            "/v1/chat/completions",
            $$$"""{"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{{{{strict}}}"name":"f"}}]}""");

        Assert.False(Assert.Single(server.Inference.LastChat.Tools).IsStrict);
    }

    [Theory]
    [InlineData("/api/chat", "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]")]
    [InlineData("/api/generate", "\"prompt\":\"x\"")]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]")]
    [InlineData("/v1/completions", "\"prompt\":\"x\"")]
    public async Task A_raw_grammar_reaches_the_model(string path, string prompt)
    {
        await using var server = await TestServer.StartAsync();

        await server.PostAsync(path, $$"""{"model":"m",{{prompt}},"grammar":"root ::= [a-z]"}""");
        Assert.Equal("root ::= [a-z]", ((TextRequest)server.Inference.Last!).Grammar);

        await server.PostAsync(path, $$"""{"model":"m",{{prompt}},"grammar":""}""");
        Assert.Null(((TextRequest)server.Inference.Last!).Grammar);
    }
}
