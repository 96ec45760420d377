using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Tests.OpenAi;

/// <summary>Streams of the completion surfaces that fail after they have begun.</summary>
public sealed class BrokenStreamTests
{
    [Theory]
    [InlineData("/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]")]
    [InlineData("/v1/completions", "\"prompt\":\"x\"")]
    public async Task The_error_is_told_and_then_the_end(string path, string prompt)
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [
            FakeInference.Admitted, FakeInference.Text("Y"), new InferenceException(new InferenceRefusal.LoadFailed("m", "gone")),
        ];

        var reply = await server.PostAsync(path, $$"""{"model":"m","stream":true,"stream_options":{"include_usage":true},{{prompt}}}""");

        Assert.Equal((200, "text/event-stream"), (reply.Status, reply.ContentType));
        Assert.EndsWith(
            "\n\ndata: {\"error\":{\"message\":\"unable to load model m: "
                + "gone\",\"type\":\"api_error\",\"param\":null,\"code\":null}}\n\ndata: [DONE]\n\n",
            reply.Body,
            StringComparison.Ordinal);
    }
}
