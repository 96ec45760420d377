using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace ModelOps.EndToEnd;

/// <summary>Answers that are better than the reference's, from the real executable and the demo model.</summary>
public sealed class BetterAnswersTests(PicoServer server) : IClassFixture<PicoServer>
{
    private const string Weather = "What is the weather in Paris?";
    private const string City = """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""";

    private static string Endless => string.Concat(Enumerable.Repeat("What is a token? ", 40));

    [Fact]
    public async Task A_tool_without_parameters_is_legal()
    {
        var request = PicoServer.Ask("pico", "x");
        request["tools"] = JsonNode.Parse(
            """[{"type":"function","function":{"name":"now","description":"The time"}},{"type":"function","function":{"name":"bare"}}]""");
        request["_debug_render_only"] = true;
        var (status, body) = await server.PostAsync("api/chat", request);
        Assert.Equal(HttpStatusCode.OK, status);
        var prompt = (string)body!["_debug_info"]!["rendered_template"]!;
        Assert.Contains("now", prompt, StringComparison.Ordinal);
        Assert.Contains("bare", prompt, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("go")]
    [InlineData("pico")]
    public async Task Text_that_looks_like_a_call_of_no_tool_on_offer_is_content(string model)
    {
        // Nothing of what the demo model was trained to call is on offer.
        var request = PicoServer.Ask(model, Weather);
        request["tools"] = PicoServer.Tools("lookup", City);
        var (status, body) = await server.PostAsync("api/chat", request);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("stop", (string?)body!["done_reason"]);
        if (body["message"]!["tool_calls"] is { } calls)
            Assert.Equal("lookup", (string?)calls[0]!["function"]!["name"]);
        else
            Assert.NotEqual("", (string?)body["message"]!["content"]);
    }

    [Fact]
    public async Task A_call_that_the_limit_cuts_is_left_out_and_the_reason_is_length()
    {
        var request = PicoServer.Ask("pico", Weather);
        request["tools"] = PicoServer.Tools("get_weather", City);
        request["options"]!["num_predict"] = 15;
        var (status, body) = await server.PostAsync("api/chat", request.DeepClone().AsObject());
        Assert.Equal((HttpStatusCode.OK, "length"), (status, (string?)body!["done_reason"]));
        Assert.Equal("", (string?)body["message"]!["content"]);
        Assert.Null(body["message"]!["tool_calls"]);

        var last = JsonNode.Parse((await server.StreamAsync("api/chat", request))[^1])!;
        Assert.Equal((true, "length"), ((bool)last["done"]!, (string?)last["done_reason"]));
    }

    [Theory]
    [InlineData(26)]
    [InlineData(15)]
    public async Task On_the_surface_of_OpenAI_the_reason_is_length_too(int tokens)
    {
        var request = PicoServer.AskOpenAi("pico", Weather, tokens);
        request["tools"] = PicoServer.Tools("get_weather", City);
        var (status, body) = await server.PostAsync("v1/chat/completions", request.DeepClone().AsObject());
        Assert.Equal((HttpStatusCode.OK, "length"), (status, (string?)body!["choices"]![0]!["finish_reason"]));
        Assert.DoesNotContain("tool_call>", (string?)body["choices"]![0]!["message"]!["content"], StringComparison.Ordinal);

        var events = await server.StreamAsync("v1/chat/completions", request);
        Assert.Equal("data: [DONE]", events[^1]);
        Assert.Contains("\"finish_reason\":\"length\"", events[^2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Log_probabilities_come_together_with_tools(bool stream)
    {
        var request = PicoServer.Ask("pico", Weather);
        request["tools"] = PicoServer.Tools("get_weather", City);
        request["logprobs"] = true;
        var lines = stream
            ? (await server.StreamAsync("api/chat", request)).Select(line => JsonNode.Parse(line)!).ToList()
            : [(await server.PostAsync("api/chat", request)).Body!];
        Assert.Contains(lines, line => line["message"]!["tool_calls"] is not null);
        var entries = lines.Sum(line => line["logprobs"]?.AsArray().Count ?? 0);
        Assert.InRange(entries, (int)lines[^1]["eval_count"]! - 1, (int)lines[^1]["eval_count"]!);
    }

    [Theory]
    [InlineData("pico")]
    [InlineData("go")]
    public async Task A_budget_of_zero_is_an_empty_answer_with_the_reason_length(string model)
    {
        var request = PicoServer.Ask(model, "List three colors.");
        request["options"]!["num_predict"] = 0;
        var (status, body) = await server.PostAsync("api/chat", request);
        Assert.Equal((HttpStatusCode.OK, "", "length"), (status, (string?)body!["message"]!["content"], (string?)body["done_reason"]));
        Assert.Null(body["eval_count"]);
    }

    [Fact]
    public async Task An_answer_without_thinking_is_held_to_its_schema_all_the_same()
    {
        var request = PicoServer.Ask("thinker", "List three colors.");
        request["options"]!["num_predict"] = 60;
        request["format"] = JsonNode.Parse("""{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"]}""");
        var (status, body) = await server.PostAsync("api/chat", request);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True((string?)body!["done_reason"] == "stop", body.ToJsonString());
        Assert.NotNull(JsonNode.Parse((string)body["message"]!["content"]!)!["ok"]);
    }

    [Theory]
    [InlineData("\"yaml\"", "invalid format: \"\\\"yaml\\\"\"; expected \"json\" or a valid JSON Schema object")]
    [InlineData("1", "invalid format: \"1\"; expected \"json\" or a valid JSON Schema object")]
    [InlineData("[]", "invalid format: \"[]\"; expected \"json\" or a valid JSON Schema object")]
    public async Task A_bad_format_is_the_clients_mistake(string format, string message)
    {
        var request = PicoServer.Ask("pico", "Count to five.");
        request["format"] = JsonNode.Parse(format);
        var (status, body) = await server.PostAsync("api/chat", request);
        Assert.Equal((HttpStatusCode.BadRequest, message), (status, (string?)body!["error"]));
    }

    [Theory]
    [InlineData("api/chat", """{"num_predict":"5"}""", "option \"num_predict\" must be of type integer")]
    [InlineData("api/chat", """{"temperature":"hot"}""", "option \"temperature\" must be of type float32")]
    [InlineData("api/chat", """{"stop":"x"}""", "option \"stop\" must be of type array")]
    [InlineData("api/chat", """{"stop":["x",1]}""", "option \"stop\" must be of an array of strings")]
    [InlineData("api/chat", """{"use_mmap":1}""", "option \"use_mmap\" must be of type boolean")]
    [InlineData("api/generate", """{"top_k":[1]}""", "option \"top_k\" must be of type integer")]
    [InlineData("api/embed", """{"num_ctx":"many"}""", "option \"num_ctx\" must be of type integer")]
    public async Task A_wrong_option_is_the_clients_mistake(string path, string options, string message)
    {
        var request = PicoServer.Ask(path == "api/embed" ? "embedder" : "pico", "x");
        (request["prompt"], request["input"], request["options"]) = ("x", "x", JsonNode.Parse(options));
        var (status, body) = await server.PostAsync(path, request);
        Assert.Equal((HttpStatusCode.BadRequest, message), (status, (string?)body!["error"]));
    }

    [Fact]
    public async Task A_wrong_parameter_of_the_model_is_told_in_the_same_words()
    {
        var (status, body) = await server.PostAsync(
            "api/generate", new JsonObject { ["model"] = "odd", ["prompt"] = "Count.", ["stream"] = false });
        Assert.Equal((HttpStatusCode.BadRequest, "option \"num_ctx\" must be of type integer"), (status, (string?)body!["error"]));
    }

    [Fact]
    public async Task Endless_repetition_ends_with_length_in_generate()
    {
        var request = new JsonObject
        {
            ["model"] = "pico",
            ["prompt"] = Endless,
            ["raw"] = true,
            ["stream"] = false,
            ["options"] = new JsonObject { ["temperature"] = 0, ["num_predict"] = 100 },
        };
        var (_, body) = await server.PostAsync("api/generate", request.DeepClone().AsObject());
        Assert.Equal((true, "length"), ((bool)body!["done"]!, (string?)body["done_reason"]));
        Assert.InRange((int)body["eval_count"]!, 30, 99);

        var last = JsonNode.Parse((await server.StreamAsync("api/generate", request))[^1])!;
        Assert.Equal((true, "length"), ((bool)last["done"]!, (string?)last["done_reason"]));
    }

    [Theory]
    [InlineData("v1/chat/completions")]
    [InlineData("v1/completions")]
    public async Task Endless_repetition_ends_with_length_on_the_surface_of_OpenAI(string path)
    {
        var request = PicoServer.AskOpenAi("bare", Endless);
        request["prompt"] = Endless;
        var (_, body) = await server.PostAsync(path, request.DeepClone().AsObject());
        Assert.Equal("length", (string?)body!["choices"]![0]!["finish_reason"]);
        Assert.InRange((int)body["usage"]!["completion_tokens"]!, 30, 99);

        var events = await server.StreamAsync(path, request);
        Assert.Equal("data: [DONE]", events[^1]);
        Assert.Contains("\"finish_reason\":\"length\"", string.Concat(events), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_only_renders_ends_as_every_stream_does()
    {
        var request = PicoServer.AskOpenAi("pico", "Count to five.");
        request["_debug_render_only"] = true;
        Assert.Equal("data: [DONE]", (await server.StreamAsync("v1/chat/completions", request))[^1]);
    }

    [Fact]
    public async Task A_required_call_fits_every_keyword_of_its_schema()
    {
        var request = PicoServer.AskOpenAi("pico", "List three colors.");
        request["tools"] = PicoServer.Tools(
            "paint",
            """{"type":"object","properties":{"level":{"type":"integer","minimum":40,"maximum":42}},"required":["level"],"additionalProperties":false}""");
        request["tool_choice"] = "required";
        var (status, body) = await server.PostAsync("v1/chat/completions", request);
        Assert.Equal((HttpStatusCode.OK, "tool_calls"), (status, (string?)body!["choices"]![0]!["finish_reason"]));
        var arguments = JsonNode.Parse((string)body["choices"]![0]!["message"]!["tool_calls"]![0]!["function"]!["arguments"]!)!;
        Assert.InRange((int)arguments["level"]!, 40, 42);
    }

    [Fact]
    public async Task A_strict_tool_that_cannot_be_enforced_is_refused_and_another_is_called_as_it_is_shown()
    {
        const string Odd = """{"type":"object","properties":{"city":{"not":{"const":"x"},"type":"string"}},"required":["city"]}""";
        var request = PicoServer.AskOpenAi("pico", Weather);
        request["tools"] = PicoServer.Tools("get_weather", Odd, strict: true);
        var (status, body) = await server.PostAsync("v1/chat/completions", request.DeepClone().AsObject());
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("not", (string?)body!["error"]!["message"], StringComparison.Ordinal);
        Assert.Contains("/properties/city", (string?)body["error"]!["message"], StringComparison.Ordinal);

        request["tools"] = PicoServer.Tools("get_weather", Odd);
        request["tool_choice"] = "required";
        (status, body) = await server.PostAsync("v1/chat/completions", request);
        Assert.Equal((HttpStatusCode.OK, "tool_calls"), (status, (string?)body!["choices"]![0]!["finish_reason"]));
    }

    [Fact]
    public async Task A_raw_grammar_is_followed_and_a_bad_one_is_refused_with_its_place()
    {
        var request = PicoServer.Ask("pico", "Why is the sky blue?");
        request["grammar"] = "root ::= \"<\" [0-9]{3} \">\"";
        var (status, body) = await server.PostAsync("api/chat", request.DeepClone().AsObject());
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Matches("^<[0-9]{3}>$", (string?)body!["message"]!["content"]);

        request["format"] = "json";
        (status, body) = await server.PostAsync("api/chat", request.DeepClone().AsObject());
        Assert.Equal(HttpStatusCode.BadRequest, status);

        request.Remove("format");
        request["grammar"] = "root ::= (";
        (status, body) = await server.PostAsync("api/chat", request);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("line 1, column 10", (string?)body!["error"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"type":"array","items":{"$ref":"#/$defs/a"},"minItems":1},{"type":"array","items":{"$ref":"#/$defs/a"},"minItems":1,"maxItems":3}]}}}""")]
    public async Task A_schema_that_can_be_followed_in_ever_more_ways_costs_its_own_request_only(string schema)
    {
        var request = PicoServer.Ask("pico", "List three colors.");
        request["format"] = JsonNode.Parse(schema);
        request["options"]!["num_predict"] = 200;
        var (status, body) = await server.PostAsync("api/chat", request);
        Assert.True(status == HttpStatusCode.BadRequest || (string?)body!["done_reason"] == "length", body?.ToJsonString());
        Assert.Equal("Red, green and blue.", await server.Daemon.AskAsync("pico", "List three colors."));
    }

    [Fact]
    public async Task Show_tells_parameters_without_effect()
    {
        var shown = await Executable.RunAsync(["show", "old", "--host", server.Daemon.Address.ToString()]);
        Assert.Contains("parameter 'mirostat' is accepted and has no effect", shown.Output, StringComparison.Ordinal);
        Assert.Contains("parameter 'tfs_z' is accepted and has no effect", shown.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("'top_k'", shown.Output, StringComparison.Ordinal);
        Assert.Null((await server.PostAsync("api/show", new JsonObject { ["model"] = "old" })).Body!["warnings"]);
    }

    [Fact]
    public async Task The_number_of_messages_that_did_not_fit_is_a_header_and_a_metric()
    {
        var turn = string.Concat(Enumerable.Repeat("many words here ", 10));
        var messages = Enumerable.Range(0, 30).Select(
            index => new JsonObject { ["role"] = index % 2 == 0 ? "user" : "assistant", ["content"] = turn });
        var request = PicoServer.Ask("embedder", "x");
        request["messages"] = new JsonArray([.. messages, new JsonObject { ["role"] = "user", ["content"] = "Count to five." }]);
        using var reply = await server.Daemon.Http.PostAsync("api/chat", new StringContent(request.ToJsonString()));
        var dropped = int.Parse(Assert.Single(reply.Headers.GetValues("x-modelops-dropped-messages")), CultureInfo.InvariantCulture);
        Assert.InRange(dropped, 1, 30);
        Assert.Contains(
            $"modelops_dropped_messages_total {dropped}", await server.Daemon.Http.GetStringAsync("metrics"), StringComparison.Ordinal);

        // Not wanted, or nothing of it to be had: refused with both numbers.
        request["truncate"] = false;
        var (status, body) = await server.PostAsync("api/chat", request);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("exceeds the available context size (256 tokens)", (string?)body!["error"], StringComparison.Ordinal);
    }
}
