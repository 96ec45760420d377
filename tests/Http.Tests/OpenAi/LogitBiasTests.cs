using ModelOps.Prompting.Requests;

namespace ModelOps.Http.Tests.OpenAi;

/// <summary><c>logit_bias</c> of both completion surfaces.</summary>
public class LogitBiasTests
{
    public static TheoryData<string, string> Surfaces => new()
    {
        { "/v1/chat/completions", "\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]" },
        { "/v1/completions", "\"prompt\":\"x\"" },
    };

    [Theory]
    [MemberData(nameof(Surfaces))]
    public async Task It_reaches_the_model(string path, string prompt)
    {
        await using var server = await TestServer.StartAsync();
        server.Inference.Script = [FakeInference.Admitted, FakeInference.Text("Yes"), FakeInference.Finished()];

        var reply = await server.PostAsync(path, $$"""{"model":"pico",{{prompt}},"logit_bias":{"7":-100,"12":1.5} }""");

        Assert.Equal(200, reply.Status);
        Assert.Equal(
            [(7, -100f), (12, 1.5f)], ((TextRequest)server.Inference.Last!).LogitBias.Select(pair => (pair.Key, pair.Value)).Order());
    }

    [Theory]
    [MemberData(nameof(Surfaces))]
    public async Task What_is_no_bias_is_refused_and_named(string path, string prompt)
    {
        await using var server = await TestServer.StartAsync();
        foreach (var (bias, named) in (IEnumerable<(string, string)>)[
            ("[1]", "logit_bias"), ("{\"7\":101}", "\\\"7\\\""), ("{\"a\":1}", "\\\"a\\\""), ("{\"7\":\"1\"}", "\\\"7\\\""),
        ])
        {
            var reply = await server.PostAsync(path, $$"""{"model":"pico",{{prompt}},"logit_bias":{{bias}}}""");

            Assert.Equal(400, reply.Status);
            Assert.Contains(named, reply.Body, StringComparison.Ordinal);
        }
    }
}
