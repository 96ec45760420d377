using System.Text.Json.Nodes;

namespace ModelOps.Http.Tests.Reading;

/// <summary>Requests that are almost right: whatever stands in them, they are answered or refused, and nothing breaks.</summary>
public sealed class AnyRequestTests
{
    private const int Rounds = 400;

    private static readonly string[] Values =
        [
            "null", "true", "0", "-1", "1e999", "-1e999", "5.5", "99999999999999999999", "\"\"", "\"x\"", "[]", "[null]", "[[]]", "[5]",
            "{}", "{\"type\":5}", "{\"type\":\"text\"}", "{\"type\":\"x\",\"text\":{}}",
        ];

    public static TheoryData<string, string> Surfaces => new()
    {
        {
            "/v1/chat/completions",
            """
            {"model":"m","stream":false,"stream_options":{"include_usage":true},"temperature":1,"top_p":1,"stop":["a"],"max_tokens":5,"seed":1,"frequency_penalty":1,
             "logit_bias":{"5":1},"tool_choice":{"type":"function","function":{"name":"f"}},"reasoning":{"effort":"low"},"response_format":{"type":"json_schema","json_schema":{"schema":{}}},
             "messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image_url","image_url":{"url":"data:;base64,aGk="}},{"type":"input_audio","input_audio":{"data":"aGk="}}]},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"y"}],
             "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{"a":{"type":["string","null"],"enum":["b"],"anyOf":[{"type":"string"}]}},"required":["a"]}}}]}
            """
        },
        {
            "/v1/responses",
            """
            {"model":"m","stream":false,"instructions":"i","temperature":1,"top_p":1,"max_output_tokens":5,"truncation":"auto","background":false,"tool_choice":"auto",
             "reasoning":{"effort":"low","summary":"auto"},"text":{"format":{"type":"json_schema","name":"n","strict":true,"schema":{}}},
             "input":[{"role":"user","content":[{"type":"input_text","text":"x"},{"type":"input_image","image_url":"data:;base64,aGk="}]},{"type":"reasoning","summary":[],"encrypted_content":"t"},
              {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"message","role":"assistant","content":"z"},{"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"y"}]}],
             "tools":[{"type":"function","name":"f","description":"d","strict":true,"parameters":{"type":"object","properties":{"a":{"type":"string"}}}},{"type":"namespace","name":"n","tools":[{"type":"function","name":"g"}]}]}
            """
        },
        {
            "/v1/messages",
            """
            {"model":"m","stream":false,"max_tokens":5,"temperature":1,"top_p":1,"top_k":1,"stop_sequences":["a"],"system":[{"type":"text","text":"s"}],
             "thinking":{"type":"adaptive"},"output_config":{"effort":"low"},"tool_choice":{"type":"tool","name":"f"},
             "messages":[{"role":"user","content":[{"type":"text","text":"x"},{"type":"image","source":{"type":"base64","data":"aGk="}}]},
              {"role":"assistant","content":[{"type":"thinking","thinking":"t"},{"type":"tool_use","id":"c","name":"f","input":{}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":[{"type":"text","text":"y"}]}]}],
             "tools":[{"name":"f","description":"d","input_schema":{"type":"object","properties":{"a":{"type":"string"}}}}]}
            """
        },
    };

    [Theory]
    [MemberData(nameof(Surfaces))]
    public async Task One_wrong_value_is_never_the_servers_fault(string path, string request)
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(200, (await server.PostAsync(path, request)).Status);

        var random = new Random(20260821);
        for (var round = 0; round < Rounds; round++)
        {
            var body = JsonNode.Parse(request)!;
            var (node, key) = Pick(body, random);
            var mark = $"@{round}@";
            if (node is JsonArray list)
                list[(int)key] = mark;
            else
                node[(string)key] = mark;
            if (random.Next(2) == 0)
                body["stream"] = true;
            var text = body.ToJsonString().Replace($"\"{mark}\"", Values[random.Next(Values.Length)], StringComparison.Ordinal);

            var reply = await server.PostAsync(path, text);

            Assert.True(reply.Status is 200 or 400, $"{reply.Status} {reply.Body}\n{text}");
            Assert.True(reply.Status == 200 || reply.Body.Contains("\"error\"", StringComparison.Ordinal), text);
        }
    }

    [Theory]
    [InlineData(
        "/api/chat",
        """{"model":"m","messages":[],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","$defs":?}}}]}""")]
    [InlineData(
        "/v1/responses",
        """{"model":"m","input":"x","stream":true,"tools":[{"type":"function","name":"f","parameters":{"type":"object","$defs":?}}]}""")]
    [InlineData(
        "/v1/messages",
        """{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"x"}],"tools":[{"name":"f","input_schema":{"type":"object","$defs":?}}]}""")]
    public async Task A_schema_may_be_as_deep_as_a_request(string path, string request)
    {
        await using var server = await TestServer.StartAsync();
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 990)) + "1" + new string('}', 990);

        var reply = await server.PostAsync(path, request.Replace("?", deep, StringComparison.Ordinal));

        Assert.Equal(200, reply.Status);
    }

    /// <summary>A place in the request, each as likely as any other.</summary>
    private static (JsonNode Node, object Key) Pick(JsonNode body, Random random)
    {
        var places = new List<(JsonNode, object)>();
        Collect(body, places);
        return places[random.Next(places.Count)];
    }

    private static void Collect(JsonNode? node, List<(JsonNode, object)> places)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (name, value) in map)
                {
                    places.Add((map, name));
                    Collect(value, places);
                }

                break;
            case JsonArray list:
                for (var index = 0; index < list.Count; index++)
                {
                    places.Add((list, index));
                    Collect(list[index], places);
                }

                break;
        }
    }
}
