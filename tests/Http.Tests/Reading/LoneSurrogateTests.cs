using System.Text;
using System.Text.Json;

namespace ModelOps.Http.Tests.Reading;

/// <summary>
/// Half of a character, escaped, in any text of a body is U+FFFD, also where the text is JSON itself; it is never a fault of the
/// server.
/// </summary>
public class LoneSurrogateTests
{
    private const string Bad = "\uFFFD";

    [Theory]
    [InlineData("""{"a":"\ud83d"}""", "{\"a\":\"\uFFFD\"}")]
    [InlineData("""{"a":"x\udc00y"}""", "{\"a\":\"x\uFFFDy\"}")]
    [InlineData("""{"\ud83d":1}""", "{\"\uFFFD\":1}")]
    [InlineData("""{"a":["\uDE00",{"b":"\uD83D\ud83d"}]}""", "{\"a\":[\"\uFFFD\",{\"b\":\"\uFFFD\uFFFD\"}]}")]
    [InlineData("""{"a":"\ud83d\ude00"}""", "{\"a\":\"\U0001F600\"}")]
    [InlineData("""{"a":"\ud83d\u0041"}""", "{\"a\":\"\uFFFDA\"}")]
    [InlineData("""{"a":"\\ud83d"}""", """{"a":"\\ud83d"}""")]
    public async Task Arguments_are_repaired_as_text_and_as_objects(string arguments, string read)
    {
        await using var server = await TestServer.StartAsync();
        var asText = JsonSerializer.Serialize(arguments);
        foreach (var sent in (string[])[arguments, asText])
        {
            foreach (var (path, body) in (IEnumerable<(string, string)>)
            [
                (
                    Surface.Chat,
                    """{"model":"m","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":SENT}}]}]}"""),
                (
                    Surface.ChatCompletions,
                    """{"model":"m","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":SENT}}]}]}"""),
                (Surface.Responses, """{"model":"m","input":[{"type":"function_call","name":"f","arguments":SENT}]}"""),
                (
                    Surface.Messages,
                    """{"model":"m","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":SENT}]}]}"""),
            ])
            {
                var reply = await server.PostAsync(path, body.Replace("SENT", sent, StringComparison.Ordinal));
                Assert.True(reply.Status == 200, $"{path}: {reply.Body}");
                var got = server.Inference.LastChat.Messages.Single().ToolCalls.Single().Arguments;
                Assert.True(JsonElement.DeepEquals(JsonElement.Parse(read), got), got.GetRawText());
            }
        }
    }

    [Theory]
    [InlineData("\"stop\":[\"\\ud83d\"],\"stop_sequences\":[\"\\ud83d\"],\"options\":{\"stop\":[\"\\ud83d\"],\"\\ud83d\":1}")]
    [InlineData("\"metadata\":{\"\\ud83d\":\"\\ud83d\"},\"user\":\"\\ud83d\",\"\\ud83d\":[\"\\ud83d\"]")]
    [InlineData("\"system\":\"\\ud83d\",\"instructions\":\"\\ud83d\",\"suffix\":\"\\ud83d\",\"template\":\"\\ud83d\"")]
    [InlineData(
        "\"tools\":[{\"type\":\"function\",\"name\":\"\\ud83d\",\"description\":\"\\ud83d\",\"input_schema\":{\"\\ud83d\":\"\\ud83d\"},\"parameters\":{\"properties\":{\"\\ud83d\":{\"enum\":[\"\\ud83d\"]}},\"required\":[\"\\ud83d\"]},\"function\":{\"name\":\"\\ud83d\",\"parameters\":{\"type\":\"\\ud83d\",\"properties\":{\"\\ud83d\":{\"type\":\"string\"}}}}}]")]
    [InlineData(
        "\"response_format\":{\"type\":\"json_schema\",\"schema\":{\"properties\":{\"\\ud83d\":{\"const\":\"\\udc00\"}}}},\"format\":{\"properties\":{\"\\ud83d\":{}}}")]
    [InlineData("\"images\":[\"\\ud83d\"]")]
    [InlineData(
        "\"keep_alive\":\"\\ud83d\",\"think\":\"\\ud83d\",\"reasoning_effort\":\"\\ud83d\",\"reasoning\":{\"effort\":\"\\ud83d\"},\"tool_choice\":\"\\ud83d\"")]
    [InlineData(
        "\"model\":\"\\ud83d\",\"prompt\":\"\\ud83d\",\"input\":\"\\ud83d\",\"messages\":[{\"role\":\"\\ud83d\",\"content\":\"\\ud83d\",\"name\":\"\\ud83d\"}]")]
    public async Task No_text_of_a_body_is_a_fault_of_the_server(string members)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var path in Surface.All)
        {
            var reply = await server.PostAsync(path, Surface.Ask(path, members));
            Assert.True(reply.Status is 200 or 400, $"{path}: {reply.Status} {reply.Body}");
        }
    }

    [Theory]
    [InlineData("/api/show")]
    [InlineData("/api/copy")]
    [InlineData("/api/pull")]
    [InlineData("/api/create")]
    [InlineData("/api/embed")]
    [InlineData("/v1/embeddings")]
    [InlineData("/v1/rerank")]
    [InlineData("/modelops/v1/verify")]
    public async Task Nor_in_bodies_that_make_no_text(string path)
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync(path, """
            {"model":"\ud83d","source":"\udc00","destination":"\ud83d","input":["\ud83d"],"query":"\ud83d","documents":["\ud83d",{"text":"\udc00"}],
             "files":{"\ud83d":"\ud83d"},"parameters":{"\ud83d":"\ud83d"},"info":{"\ud83d":"\ud83d"},"license":"\ud83d"}
            """);

        Assert.True(reply.Status < 500 || reply.Status == 501, $"{reply.Status} {reply.Body}");
    }

    [Fact]
    public async Task Raw_bytes_of_half_a_character_are_replaced_too()
    {
        await using var server = await TestServer.StartAsync();

        await server.SendBytesAsync(
            "POST", Surface.Generate, [.. Encoding.UTF8.GetBytes("{\"model\":\"m\",\"prompt\":\""), 0xED, 0xA0, 0xBD, .. "\"}"u8]);

        Assert.Equal(Bad + Bad + Bad, server.Inference.LastGenerate.Prompt);
    }
}
