using System.Net;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>
/// Histories with calls whose arguments no decoder likes, against the real executable: rendered, or a 400 that says which call it is.
/// </summary>
public sealed class ToolHistoryTests(PicoServer server) : IClassFixture<PicoServer>
{
    private const string WantsObjects =
        "{{ range .Tools }}{{ .Function.Name }}{{ end }}{{ range .Messages }}{{ if eq .Role \"tool\" }}result of {{ end }}{{ .Role "
            + "}}: {{ .Content }}{{ range .ToolCalls }}{{ range $k, $v := .Function.Arguments }}{{ $k }}={{ $v }}{{ end }}{{ end "
                + "}}\n{{ end }}";

    public static TheoryData<string, string> Arguments { get; } = new()
    {
        { "", "{}" },
        { "null", "{}" },
        { """{"a":"\ud83d"}""", "\uFFFD" },
        { """{"\udc00":1}""", "\uFFFD" },
        { """{"a":["\ud83d\ud83d"]}""", "\uFFFD\uFFFD" },
        { """{"a":""", """{"a":""" },
        { "not json", "not json" },
        { "[1,2]", "[1,2]" },
    };

    [Theory]
    [MemberData(nameof(Arguments))]
    public async Task Any_text_of_arguments_is_rendered(string arguments, string rendered)
    {
        foreach (var model in (string[])["pico", "go"])
        {
            foreach (var path in (string[])["api/chat", "v1/chat/completions"])
            {
                var request = History(model, arguments);
                request["_debug_render_only"] = true;
                var (status, body) = await server.PostAsync(path, request);
                Assert.True(status == HttpStatusCode.OK, $"{model} {path}: {body?.ToJsonString()}");
                Assert.Contains(rendered, (string)body!["_debug_info"]!["rendered_template"]!, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_template_that_wants_objects_refuses_text_with_message_and_call()
    {
        var (created, _) = await server.PostAsync(
            "api/create", new JsonObject { ["model"] = "objects", ["from"] = "go", ["template"] = WantsObjects, ["stream"] = false });
        Assert.Equal(HttpStatusCode.OK, created);

        foreach (var path in (string[])["api/chat", "v1/chat/completions"])
        {
            var (status, body) = await server.PostAsync(path, History("objects", "not json"));
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains("messages[1].tool_calls[0].function.arguments", body!.ToJsonString(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await server.PostAsync(path, History("objects", ""))).Status);
        }
    }

    private static JsonObject History(string model, string arguments)
    {
        var request = PicoServer.AskOpenAi(model, "x", maxTokens: 2);
        request["stream"] = false;
        request["options"] = new JsonObject { ["num_predict"] = 2 };
        var messages = request["messages"]!.AsArray();
        messages.Add(new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = "",
            ["tool_calls"] = new JsonArray(new JsonObject
            {
                ["id"] = "c1", ["type"] = "function", ["function"] = new JsonObject { ["name"] = "f", ["arguments"] = arguments },
            }),
        });
        messages.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = "c1", ["content"] = "y" });
        return request;
    }
}
