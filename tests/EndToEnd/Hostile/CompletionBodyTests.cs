using System.Net;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd.Hostile;

/// <summary>
/// Bodies of the completion surfaces that ask for too much or for nothing sensible: each is refused with a reason that names the field, at
/// once and without a model. Add a row for another.
/// </summary>
public class CompletionBodyTests(PicoServer pico) : IClassFixture<PicoServer>
{
    public static TheoryData<string, string, string> Bodies => new()
    {
        { "v1/chat/completions", """{"model":"pico","messages":[{"role":"user","content":"x"}],"n":2147483648}""", "n must be" },
        { "v1/chat/completions", """{"model":"pico","messages":[{"role":"user","content":"x"}],"n":1e9}""", "ChatCompletionRequest.n" },
        { "v1/chat/completions", """{"model":"pico","messages":[{"role":"user","content":"x"}],"n":{}}""", "ChatCompletionRequest.n" },
        { "v1/completions", """{"model":"pico","prompt":"x","best_of":1000000}""", "best_of" },
        { "v1/completions", """{"model":"pico","prompt":"x","logprobs":1000}""", "logprobs" },
        { "v1/completions", $$"""{"model":"pico","prompt":{{Many(100_000, "\"x\"")}}}""", "prompt" },
        { "v1/completions", $$"""{"model":"pico","prompt":{{Many(2_048, "\"x\"")}},"n":16}""", "prompt" },
        { "v1/completions", """{"model":"pico","prompt":[[[1]]]}""", "prompt[0][0]" },
        { "v1/completions", """{"model":"pico","prompt":[2147483647]}""", "token" },
        { "v1/completions", $$"""{"model":"embedder","prompt":"{{string.Concat(Enumerable.Repeat("x ", 20_000))}}","echo":true,"logprobs":1}""", "context size" },
    };

    private static string Many(int count, string item) => $"[{string.Join(',', Enumerable.Repeat(item, count))}]";

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task What_asks_for_too_much_is_refused_and_named(string path, string body, string named)
    {
        var (status, reply) = await pico.Daemon.SendAsync(HttpMethod.Post, path, JsonNode.Parse(body)!);

        var message = (string?)reply!["error"]!["message"];
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.InRange(message!.Length, 1, 300);
        Assert.DoesNotContain("   at ", pico.Daemon.Output, StringComparison.Ordinal);
    }
}
