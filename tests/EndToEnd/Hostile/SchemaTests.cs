using System.Net;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>
/// Schemas that are none, that refer to themselves or that cost too much: the answer follows them or is a 400, and soon. Add a row for
/// another.
/// </summary>
public class SchemaTests(PicoServer pico) : IClassFixture<PicoServer>
{
    public static TheoryData<string> Schemas =>
    [
        """{"$ref":"#"}""",
        """{"$ref":"#/definitions/none"}""",
        """{"$ref":"file:///etc/passwd"}""",
        """{"$ref":"http://127.0.0.1:1/x"}""",
        """{"allOf":[{"$ref":"#"}]}""",
        """{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""",
        """{"type":"nothing"}""",
        """{"type":["string",5]}""",
        """{"enum":[]}""",
        """{"type":"string","pattern":"(a+)+$"}""",
        """{"type":"string","pattern":"[z-a]"}""",
        """{"type":"string","pattern":"(((((((((((a{1,99}){1,99}){1,99}){1,99}){1,99}))))))"}""",
        """{"type":"string","minLength":5,"maxLength":2}""",
        """{"type":"string","minLength":999999999}""",
        """{"type":"integer","minimum":9,"maximum":1}""",
        """{"type":"integer","minimum":1e400}""",
        """{"type":"array","minItems":1000000,"items":{"type":"array","minItems":1000000}}""",
        """{"type":"object","properties":5}""",
        """{"not":{}}""",
        """{"const":"\u0000\u001b]0;x\u0007"}""",
        "false",
        "[]",
    ];

    [Theory]
    [MemberData(nameof(Schemas))]
    public async Task A_schema_holds_or_is_refused(string schema)
    {
        foreach (var path in (string[])["api/chat", "v1/chat/completions"])
        {
            var body = new JsonObject
            {
                ["model"] = "pico", ["stream"] = false, ["max_tokens"] = 4, ["options"] = new JsonObject { ["num_predict"] = 4 },
                ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "x" }),
            };
            if (path == "api/chat")
                body["format"] = JsonNode.Parse(schema);
            else
            {
                var named = new JsonObject { ["name"] = "x", ["schema"] = JsonNode.Parse(schema) };
                body["response_format"] = new JsonObject { ["type"] = "json_schema", ["json_schema"] = named };
            }

            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            using var reply = await pico.Daemon.Http.PostAsync(path, new StringContent(body.ToJsonString()), soon.Token);
            Assert.True(
                reply.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest,
                $"{path}: {reply.StatusCode} {await reply.Content.ReadAsStringAsync(soon.Token)}");
        }

        await LogOf.AssertUnharmedAsync(pico.Daemon);
    }
}
