using System.Net;
using System.Text;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>JSON nested deep at every place where a body can hold any. What one part lets in, no other may stumble over.</summary>
public class NestingTests(PicoServer pico) : IClassFixture<PicoServer>
{
    /// <summary>Where @ stands comes an object of objects.</summary>
    public static TheoryData<string, string> Bodies => new()
    {
        { "api/generate", """{"model":"pico","prompt":"x","stream":false,"options":{"num_predict":1,"num_ctx":512,"odd":@}}""" },
        { "api/generate", """{"model":"pico","prompt":"x","stream":false,"options":{"num_predict":1},"format":@}""" },
        { "api/generate", """{"model":"pico","prompt":"x","stream":false,"options":{"num_predict":1},"format":{"enum":[@]}}""" },
        { "api/chat", """{"model":"pico","stream":false,"options":{"num_predict":1},"messages":[{"role":"user","content":"x","odd":@}]}""" },
        { "api/chat", """{"model":"go","stream":false,"options":{"num_predict":1},"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":@}}]}""" },
        { "api/chat", """{"model":"go","stream":false,"options":{"num_predict":1},"messages":[{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":@}}]},{"role":"user","content":"x"}]}""" },
        { "api/embed", """{"model":"embedder","input":"x","options":{"num_ctx":64,"odd":@}}""" },
        { "api/create", """{"model":"deep","from":"pico","stream":false,"parameters":{"odd":@},"info":{"odd":@}}""" },
        { "api/create", """{"model":"deep","from":"pico","stream":false,"messages":[{"role":"assistant","content":"x","tool_calls":[{"function":{"name":"f","arguments":@}}]}]}""" },
        { "v1/chat/completions", """{"model":"pico","max_tokens":1,"messages":[{"role":"user","content":"x"}],"tool_choice":"required","tools":[{"type":"function","function":{"name":"f","parameters":@}}]}""" },
        { "v1/chat/completions", """{"model":"pico","max_tokens":1,"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":@}}}""" },
        { "v1/chat/completions", """{"model":"pico","max_tokens":1,"metadata":@,"messages":[{"role":"user","content":"x"}]}""" },
        { "v1/completions", """{"model":"pico","max_tokens":1,"prompt":"x","logit_bias":@}""" },
        { "v1/responses", """{"model":"pico","max_output_tokens":1,"input":"x","metadata":@,"tools":[{"type":"function","name":"f","parameters":@}],"tool_choice":"required"}""" },
        { "v1/messages", """{"model":"pico","max_tokens":1,"messages":[{"role":"user","content":"x"}],"tool_choice":{"type":"any"},"tools":[{"name":"f","input_schema":@}]}""" },
        { "v1/messages", """{"model":"pico","max_tokens":1,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":@}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":"x"}]}]}""" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task However_deep_it_is_it_is_taken_or_refused_and_nothing_fails(string path, string body)
    {
        foreach (var depth in (int[])[70, 300, 900])
        {
            var deep = string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth);
            using var reply = await pico.Daemon.Http.PostAsync(path, new StringContent(body.Replace("@", deep, StringComparison.Ordinal), Encoding.UTF8, "application/json"));

            var text = await reply.Content.ReadAsStringAsync();
            Assert.True(reply.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.NotImplemented, $"{depth}: {reply.StatusCode} {text}");
            Assert.DoesNotContain("unexpected", text, StringComparison.Ordinal);
        }

        if (path == "api/create")
        {
            using var shown = await pico.Daemon.Http.PostAsync("api/show", new StringContent("""{"model":"deep"}"""));
            Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        }

        await LogOf.AssertUnharmedAsync(pico.Daemon);
    }
}
