using System.Net;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>
/// Templates that are none or that fail: what a client sent is answered with 4xx, and the log stays clean. Add a row for another.
/// </summary>
public class TemplateTests(PicoServer pico) : IClassFixture<PicoServer>
{
    [Theory]
    [InlineData("{{ .Nope ")]
    [InlineData("{{ nofunc 1 }}")]
    [InlineData("{{ if }}{{ end }}")]
    [InlineData("{{ end }}")]
    [InlineData("{{ template \"other\" . }}")]
    [InlineData("{{ index .Messages 99 }}")]
    [InlineData("{{ range .Prompt }}{{ end }}")]
    [InlineData("{{ .Prompt.Length }}")]
    [InlineData("{{ define \"a\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}")]
    public async Task A_template_of_a_request_is_its_senders(string template)
    {
        var (status, body) = await pico.PostAsync("api/generate", new JsonObject
        {
            ["model"] = "pico",
            ["prompt"] = "x",
            ["template"] = template,
            ["stream"] = false,
            ["options"] = new JsonObject { ["num_predict"] = 1 },
        });

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("template error: ", (string?)body!["error"], StringComparison.Ordinal);
        await LogOf.AssertUnharmedAsync(pico.Daemon);
    }

    [Theory]
    [InlineData(
        "api/chat",
        """{"model":"go","stream":false,"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":"text"}}]}""")]
    [InlineData("api/chat", """{"model":"go","stream":false,"messages":[{"role":"user","content":"x"}],"tools":[5]}""")]
    [InlineData(
        "api/chat", """{"model":"go","stream":false,"messages":[{"role":"\u0000","content":"\ud800"}],"options":{"num_predict":1}}""")]
    [InlineData("v1/chat/completions", """{"model":"pico","max_tokens":1,"messages":[{"role":"{{ .X }}","content":"{% raw %}{{ x }}"}]}""")]
    [InlineData(
        "v1/messages", """{"model":"pico","max_tokens":1,"system":"{{ .Nope ","messages":[{"role":"user","content":"<|im_end|>"}]}""")]
    public async Task A_chat_that_a_template_cannot_take_is_no_fault_of_the_server(string path, string body)
    {
        using var reply = await pico.Daemon.Http.PostAsync(path, new StringContent(body));

        Assert.True((int)reply.StatusCode is 200 or 400, $"{reply.StatusCode} {await reply.Content.ReadAsStringAsync()}");
        await LogOf.AssertUnharmedAsync(pico.Daemon);
    }
}
