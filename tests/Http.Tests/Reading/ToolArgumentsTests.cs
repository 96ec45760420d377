using System.Text.Json;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Tests.Reading;

/// <summary>Arguments of calls in a request's history, which clients send back as they got them.</summary>
public class ToolArgumentsTests
{
    private static readonly string[] Surfaces = [Surface.Chat, Surface.ChatCompletions, Surface.Responses, Surface.Messages];

    [Theory]
    [InlineData("null", "{}")]
    [InlineData("{}", "{}")]
    [InlineData("\"\"", "{}")]
    [InlineData("\" \\n\"", "{}")]
    [InlineData("\"null\"", "{}")]
    [InlineData("""{"b":1,"a":2}""", """{"b":1,"a":2}""")]
    [InlineData(""" "{\"b\":1,\"a\":[{}]}" """, """{"b":1,"a":[{}]}""")]
    [InlineData(""" "not json" """, "\"not json\"")]
    [InlineData(""" "{\"a\":" """, "\"{\\\"a\\\":\"")]
    [InlineData(""" "{} {}" """, "\"{} {}\"")]
    [InlineData(""" "[1]" """, "\"[1]\"")]
    public async Task Objects_and_their_text_are_read_and_other_text_is_kept(string sent, string read)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var path in Surfaces)
        {
            var reply = await server.PostAsync(path, Body(path, sent));
            Assert.True(reply.Status == 200, $"{path}: {reply.Body}");
            Assert.Equal(read, Call(server).Arguments.GetRawText());
        }
    }

    [Fact]
    public async Task Absent_arguments_are_none()
    {
        await using var server = await TestServer.StartAsync();
        foreach (var path in Surfaces)
        {
            await server.PostAsync(
                path,
                Body(path, "{}")
                    .Replace(",\"arguments\":{}", "", StringComparison.Ordinal)
                    .Replace(",\"input\":{}", "", StringComparison.Ordinal));
            Assert.Equal("{}", Call(server).Arguments.GetRawText());
        }
    }

    [Fact]
    public async Task Deep_arguments_are_read_as_deep_as_a_body_may_be()
    {
        var deep = string.Concat(Enumerable.Repeat("[", 300)) + string.Concat(Enumerable.Repeat("]", 300));
        await using var server = await TestServer.StartAsync();

        await server.PostAsync(Surface.ChatCompletions, Body(Surface.ChatCompletions, $$"""  "{\"a\":{{deep}}}" """));

        Assert.Equal(JsonValueKind.Object, Call(server).Arguments.ValueKind);
    }

    [Theory]
    [InlineData(Surface.Chat, "messages[1].tool_calls[0].function.arguments")]
    [InlineData(Surface.ChatCompletions, "messages[1].tool_calls[0].function.arguments")]
    [InlineData(Surface.Responses, "input[1].arguments")]
    [InlineData(Surface.Messages, "messages[1].content[0].input")]
    public async Task What_is_neither_is_refused_with_message_and_call(string path, string place)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var sent in (string[])["5", "[1]", "true"])
        {
            var reply = await server.PostAsync(path, Body(path, sent));
            Assert.Equal(400, reply.Status);
            Assert.Contains(place, Surface.Refusal(reply), StringComparison.Ordinal);
            Assert.Null(server.Inference.Last);
        }

        await server.PostAsync(path, Body(path, "\"x\""));
        Assert.Equal(place, Call(server).ArgumentsPath);
    }

    [Fact]
    public async Task A_model_is_not_built_with_arguments_that_are_no_object()
    {
        await using var server = await TestServer.StartAsync();

        var reply = await server.PostAsync("/api/create", """
            {"model":"x","from":"y","messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":"oops"}}]}]}
            """);

        Assert.Equal(400, reply.Status);
        Assert.Contains("messages[0].tool_calls[0].function.arguments", reply.Error, StringComparison.Ordinal);
    }

    private static ToolCall Call(TestServer server) =>
        server.Inference.LastChat.Messages.SelectMany(message => message.ToolCalls).Single();

    private static string Body(string path, string arguments) => Body(path).Replace("SENT", arguments, StringComparison.Ordinal);

    private static string Body(string path) => path switch
    {
        Surface.Responses =>
            """{"model":"m","input":[{"role":"user","content":"x"},{"type":"function_call","call_id":"c","name":"f","arguments":SENT}]}""",
        Surface.Messages =>
            """{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":SENT}]}]}""",
        _ =>
            """{"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","content":"","tool_calls":[{"id":"c","function":{"name":"f","arguments":SENT}}]}]}""",
    };
}
