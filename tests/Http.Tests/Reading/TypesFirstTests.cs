namespace ModelOps.Http.Tests.Reading;

/// <summary>
/// What has a wrong type is refused before names are looked up and values are judged, as by a decoder that has read the whole body.
/// </summary>
public class TypesFirstTests
{
    [Theory]
    [InlineData("/api/show", """{"model":"none","verbose":"x"}""", "ShowRequest.verbose")]
    [InlineData("/api/show", """{"model":"none","system":1}""", "ShowRequest.system")]
    [InlineData("/api/show", """{"model":"none","options":[]}""", "ShowRequest.options")]
    [InlineData("/api/show", """{"model":"none","name":1}""", "ShowRequest.name")]
    [InlineData("/api/delete", """{"model":"none","name":1}""", "DeleteRequest.name")]
    [InlineData("/api/copy", """{"source":"","destination":1}""", "CopyRequest.destination")]
    [InlineData("/api/pull", """{"model":"","insecure":"x"}""", "PullRequest.insecure")]
    [InlineData("/api/pull", """{"model":"","stream":"x"}""", "PullRequest.stream")]
    [InlineData("/api/pull", """{"model":"a b","username":1}""", "PullRequest.username")]
    [InlineData("/api/push", """{"model":"","stream":1}""", "PushRequest.stream")]
    [InlineData("/api/push", """{"model":"","name":{}}""", "PushRequest.name")]
    [InlineData("/api/create", """{"model":"","stream":"x"}""", "CreateRequest.stream")]
    [InlineData("/api/create", """{"model":"a b","quantization":1}""", "CreateRequest.quantization")]
    [InlineData("/api/create", """{"model":"","info":"x"}""", "CreateRequest.info")]
    [InlineData("/api/create", """{"model":"","draft_quantize":"Q8_0","remote_host":1}""", "CreateRequest.remote_host")]
    [InlineData("/api/embed", """{"model":"none","input":5,"truncate":"x"}""", "EmbedRequest.truncate")]
    [InlineData("/api/generate", """{"top_logprobs":50,"stream":"x"}""", "GenerateRequest.stream")]
    [InlineData("/api/chat", """{"top_logprobs":50,"stream":"x"}""", "ChatRequest.stream")]
    [InlineData("/v1/chat/completions", """{"messages":[],"stream":"x"}""", "ChatCompletionRequest.stream")]
    [InlineData(
        "/v1/chat/completions", """{"messages":[{"role":"user","content":5}],"temperature":"x"}""", "ChatCompletionRequest.temperature")]
    [InlineData(
        "/v1/chat/completions", """{"messages":[],"stream_options":{"include_usage":1}}""",
        "ChatCompletionRequest.stream_options.include_usage")]
    [InlineData("/v1/chat/completions", """{"messages":[],"reasoning_effort":1}""", "ChatCompletionRequest.reasoning_effort")]
    [InlineData("/v1/chat/completions", """{"messages":[],"n":"2"}""", "ChatCompletionRequest.n")]
    [InlineData("/v1/completions", """{"stop":[5],"stream":"x"}""", "CompletionRequest.stream")]
    [InlineData("/v1/completions", """{"n":17,"best_of":"2"}""", "CompletionRequest.best_of")]
    [InlineData("/v1/completions", """{"stop":[5],"echo":1}""", "CompletionRequest.echo")]
    [InlineData("/v1/completions", """{"prompt":[{}],"logprobs":true}""", "CompletionRequest.logprobs")]
    [InlineData("/v1/embeddings", """{"encoding_format":"x","dimensions":1.5}""", "EmbedRequest.dimensions")]
    [InlineData("/v1/responses", """{"input":5,"stream":"x"}""", "ResponsesRequest.stream")]
    [InlineData("/v1/responses", """{"input":5,"background":"x"}""", "ResponsesRequest.background")]
    [InlineData("/v1/messages", """{"model":"","stream":"x"}""", "MessagesRequest.stream")]
    [InlineData("/v1/messages", """{"model":"","thinking":5}""", "MessagesRequest.thinking")]
    [InlineData("/modelops/v1/verify", """{"model":"none","quarantine":1}""", "VerifyRequest.quarantine")]
    [InlineData("/modelops/v1/footprint", """{"model":"none","measure":"x"}""", "FootprintRequest.measure")]
    public async Task A_wrong_type_comes_first(string path, string body, string field)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.SendAsync(path == "/api/delete" ? "DELETE" : "POST", path, body);

        Assert.Equal(400, reply.Status);
        Assert.StartsWith("json: cannot unmarshal", Surface.Refusal(reply), StringComparison.Ordinal);
        Assert.Contains($" {field} ", Surface.Refusal(reply), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "/v1/chat/completions",
        """{"model":"m","messages":[{"role":"user","content":"x"}],"top_logprobs":50}""",
        "top_logprobs must be between 0 and 20",
        "application/json")]
    [InlineData("/v1/embeddings", """{"model":"m","input":[[1,2]]}""", "invalid input type", "application/json")]
    [InlineData("/v1/embeddings", """{"model":"m"}""", "invalid input", "application/json; charset=utf-8")]
    [InlineData(
        "/v1/chat/completions", """{"model":"m","messages":[]}""", "[] is too short - 'messages'", "application/json; charset=utf-8")]
    [InlineData("/v1/messages", """{"model":""}""", "model is required", "application/json; charset=utf-8")]
    [InlineData("/api/embed", """{"model":"m","input":5}""", "invalid input type", "application/json; charset=utf-8")]
    [InlineData(
        "/api/chat", """{"model":"m","top_logprobs":50}""", "top_logprobs must be between 0 and 20", "application/json; charset=utf-8")]
    public async Task Only_what_a_compatibility_layer_finds_itself_names_a_charset(
        string path, string body, string message, string contentType)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync(path, body);

        Assert.Equal((400, message, contentType), (reply.Status, Surface.Refusal(reply), reply.ContentType));
    }
}
