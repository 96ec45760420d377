using System.Text;
using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Tests.OpenAi;

/// <summary><c>/v1/audio/transcriptions</c>.</summary>
public sealed class TranscriptionTests
{
    [Fact]
    public async Task The_recording_goes_to_the_model_and_what_it_says_comes_back_trimmed()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [
            FakeInference.Admitted, FakeInference.Text(" Good"), FakeInference.Text(" day.\n"), FakeInference.Finished(),
        ];

        var reply = await PostAsync(server, ("model", "Pico"), ("language", "Dutch"), ("prompt", "a greeting"), ("file", "RIFF"));

        Assert.Equal((200, "application/json", "{\"text\":\"Good day.\"}\n"), (reply.Status, reply.ContentType, reply.Body));
        var request = server.Inference.LastChat;
        var message = Assert.Single(request.Messages);
        Assert.Equal(("Pico", """{"temperature":0}""", "user"), (request.Model, request.Options.GetRawText(), message.Role));
        Assert.Equal("RIFF"u8.ToArray(), Assert.Single(message.Images).ToArray());
        Assert.Contains("Dutch", message.Content, StringComparison.Ordinal);
        Assert.Contains("a greeting", message.Content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_text_alone_can_be_asked_for()
    {
        await using var server = await TestServer.StartAsync();

        var reply = await PostAsync(server, ("model", "m"), ("response_format", "text"), ("file", "RIFF"));

        Assert.Equal((200, "text/plain", "Yes"), (reply.Status, reply.ContentType, reply.Body));
    }

    [Fact]
    public async Task What_is_missing_is_named()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal("model is required", Error(await PostAsync(server, ("file", "RIFF"))));
        Assert.StartsWith("file is required: ", Error(await PostAsync(server, ("model", "m"))), StringComparison.Ordinal);
        Assert.Equal("audio file is empty", Error(await PostAsync(server, ("model", "m"), ("file", ""))));
        Assert.StartsWith(
            "failed to parse multipart form: ", Error(await server.PostAsync("/v1/audio/transcriptions", "{}")), StringComparison.Ordinal);
        Assert.StartsWith(
            "failed to parse multipart form: ",
            Error(
                await server.PostAsync(
                    "/v1/audio/transcriptions", "--b\r\nContent-Disp", ("Content-Type", "multipart/form-data; boundary=b"))),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_of_the_model_has_the_envelope_of_the_surface()
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [new InferenceException(new InferenceRefusal.NoImages())];

        var reply = await PostAsync(server, ("model", "m"), ("file", "RIFF"));

        Assert.Equal(
            (
                500,
                """{"error":{"message":"images and audio are not supported: this server has no library that reads them; send text only","type":"api_error","param":null,"code":null}}"""),
            (reply.Status, reply.Body));
    }

    private static string Error(RawReply reply)
    {
        Assert.Equal((400, "application/json; charset=utf-8"), (reply.Status, reply.ContentType));
        return (string)reply.Json["error"]!["message"]!;
    }

    private static Task<RawReply> PostAsync(TestServer server, params (string Name, string Value)[] fields)
    {
        var body = new StringBuilder();
        foreach (var (name, value) in fields)
        {
            var file = name == "file" ? "; filename=\"a.wav\"\r\nContent-Type: audio/wav" : "";
            body.Append($"--limit\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n");
        }

        return server.PostAsync(
            "/v1/audio/transcriptions", body.Append("--limit--\r\n").ToString(), ("Content-Type", "multipart/form-data; boundary=limit"));
    }
}
