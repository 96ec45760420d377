using System.Net;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>How likely a prompt is, as evaluation programs ask for it, of the real daemon with a real model.</summary>
public class PromptLogprobsTests(PicoServer pico) : IClassFixture<PicoServer>
{
    private const string Sentence =
        "A Modelfile is a short text file that describes a model: FROM names the weights, and the rest is text.";

    [Fact]
    public async Task A_prompt_alone_is_told_token_by_token()
    {
        var request = new JsonObject { ["model"] = "bare", ["prompt"] = Sentence, ["max_tokens"] = 0, ["echo"] = true, ["logprobs"] = 1 };
        var (status, body) = await pico.PostAsync("v1/completions", request);

        Assert.True(status == HttpStatusCode.OK, body?.ToJsonString());
        var choice = body!["choices"]![0]!;
        var lists = choice["logprobs"]!;
        var (scores, offsets) = (lists["token_logprobs"]!.AsArray(), lists["text_offset"]!.AsArray());
        Assert.Equal(
            (Sentence, "length", 0),
            ((string)choice["text"]!, (string)choice["finish_reason"]!, (int)body["usage"]!["completion_tokens"]!));
        Assert.Equal(Sentence, string.Concat(Text(lists)));
        Assert.Equal((null, null, 0), (scores[0], lists["top_logprobs"]![0], (int)offsets[0]!));
        Assert.All(scores.Skip(1), score => Assert.InRange((double)score!, -50, 0));
        Assert.All(Text(lists).Zip(offsets), pair => Assert.Equal(pair.First, Sentence.Substring((int)pair.Second!, pair.First.Length)));
    }

    [Fact]
    public async Task Behind_a_template_the_prompt_is_told_and_not_what_is_around_it()
    {
        var request = new JsonObject
        {
            ["model"] = "go", ["prompt"] = Sentence, ["max_tokens"] = 1, ["echo"] = true, ["logprobs"] = 2, ["temperature"] = 0,
        };
        var (status, body) = await pico.PostAsync("v1/completions", request);

        Assert.True(status == HttpStatusCode.OK, body?.ToJsonString());
        var choice = body!["choices"]![0]!;
        Assert.StartsWith(Sentence, (string)choice["text"]!, StringComparison.Ordinal);
        Assert.Equal((string)choice["text"]!, string.Concat(Text(choice["logprobs"]!)));
        Assert.Equal(Sentence.Length, (int)choice["logprobs"]!["text_offset"]!.AsArray()[^1]!);
    }

    [Fact]
    public async Task A_stream_tells_what_a_whole_reply_tells()
    {
        var request = new JsonObject
        {
            ["model"] = "bare", ["prompt"] = Sentence, ["max_tokens"] = 3, ["echo"] = true, ["logprobs"] = 0, ["temperature"] = 0,
        };
        var (_, whole) = await pico.PostAsync("v1/completions", request.DeepClone().AsObject());

        var lines = await pico.StreamAsync("v1/completions", request);

        var pieces = lines.Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(
            line => JsonNode.Parse(line[6..])!["choices"]![0]!["logprobs"]!);
        Assert.Equal(Text(whole!["choices"]![0]!["logprobs"]!), pieces.SelectMany(Text));
    }

    private static IEnumerable<string> Text(JsonNode lists) => lists["tokens"]!.AsArray().Select(token => (string)token!);
}
