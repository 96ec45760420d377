using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Calls;
using ModelOps.Prompting.Parsing;
using ModelOps.Templates.Chat;
using ModelOps.TestKit;

namespace ModelOps.Prompting.Tests.Calls;

/// <summary>Answers with calls, in every format, whole and in pieces.</summary>
public class CallParserTests
{
    private static readonly ToolSet Tools = new(
    [
        Declare(
            """{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"},"wind":{"type":"boolean"},"where":{"type":"object"},"tags":{"type":"array"}}}}"""),
        Declare("""{"name":"get_weather_map","parameters":{"type":"object","properties":{"zoom":{"type":"number"}}}}"""),
        Declare("""{"name":"now"}"""),
    ]);

    public static TheoryData<string> Formats => [.. WrittenCalls.All.Keys];

    /// <summary>What the stories tell: the arguments of one call each.</summary>
    private static readonly Dictionary<string, string> Stories = new(StringComparer.Ordinal)
    {
        ["one argument"] = """{"city":"Paris"}""",
        ["every type"] = """{"city":"New York","days":3,"wind":true,"tags":["a","b"],"where":{"lat":1.5,"in":{"deep":[{"x":null}]}}}""",
        ["nested braces in text"] = """{"city":"a } b { c ] d [ \" e \\ f"}""",
        ["accents and emoji"] = """{"city":"Zürich 日本 😀"}""",
        ["text with brackets of marks"] = """{"city":"1 < 2 > 0 | [x] (y)"}""",
        ["no arguments"] = "{}",
        ["text that looks like a number"] = """{"city":"12"}""",
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public void One_call_is_read_whatever_its_arguments(string name)
    {
        foreach (var (story, json) in Stories)
        {
            // Quotes and backslashes in bare Python are escaped as JSON does it; Gemma has no escapes at all, as no other bare text.
            var arguments = (JsonObject)JsonNode.Parse(json)!;
            var text = Written(name, ("get_weather", arguments));
            Check(name, text, "", [("get_weather", json)], story);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Two_calls_are_two(string name) =>
        Check(
            name,
            Written(name, ("get_weather", Object("""{"city":"Rome"}""")), ("get_weather_map", Object("""{"zoom":2}"""))),
            "",
            [("get_weather", """{"city":"Rome"}"""), ("get_weather_map", """{"zoom":2}""")]);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Text_around_a_call_is_content(string name)
    {
        var written = Written(name, ("now", []));
        if (!WrittenCalls.All[name].IsWhole)
            Check(name, "Let me look: < [ " + written, "Let me look: < [ ", [("now", "{}")], "before");
        Check(name, "\n " + written, "", [("now", "{}")], "blanks before");
        if (WrittenCalls.All[name].End.Length > 0)
            Check(name, written + "\n\nThere.", "There.", [("now", "{}")], "after");
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_tool_that_is_not_on_offer_is_content(string name)
    {
        var written = Written(name, ("launch", Object("""{"city":"Rome"}""")));
        Check(name, written, written, []);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void An_unfinished_call_is_left_out_at_the_limit_and_content_at_a_natural_end(string name)
    {
        var written = Written(name, ("get_weather", Object("""{"city":"Paris","days":3}""")));
        var cut = written[..(written.IndexOf("Paris", StringComparison.Ordinal) + 2)];
        Check(name, cut, cut, [], "natural end");
        Check(name, cut, "", [], "limit", atLimit: true);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_call_is_complete_without_its_end_mark_where_nothing_else_can_follow(string name)
    {
        var format = WrittenCalls.All[name];
        var written = Written(name, ("get_weather", Object("""{"city":"Paris"}""")));
        if (format.End.Length == 0 || format.IsEndNeeded)
            return;
        Check(name, written[..^format.End.Length], "", [("get_weather", """{"city":"Paris"}""")], "no end mark");
        Check(name, written[..^1], "", [("get_weather", """{"city":"Paris"}""")], "half an end mark", atLimit: true);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Plain_text_is_content_and_not_held_back(string name)
    {
        const string Text = "The sky is blue. 1 + 1 = 2, f(x) = y: that's all!";
        Check(name, Text, Text, []);
        var found = new List<OutputPiece>();
        var parser = new CallParser(WrittenCalls.All[name].Format, Tools);
        parser.Read(Text, found);
        Assert.Equal(Text, Joined(found).Content);
    }

    [Theory]
    [InlineData(
        "hermes",
        "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": \"{\\\"city\\\": \\\"Rome\\\"}\"}\n</tool_call>",
        "",
        """{"city":"Rome"}""")]
    [InlineData(
        "hermes",
        "<tool_call>{\"name\": \"get_weather\", \"parameters\": {\"city\": \"\\u0052ome\"}}</tool_call>",
        "",
        """{"city":"Rome"}""")]
    [InlineData(
        "hermes",
        "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"</tool_call><tool_call>\"}}\n</tool_call>",
        "",
        """{"city":"</tool_call><tool_call>"}""")]
    [InlineData("hermes", "<tool_call> not JSON </tool_call>", "<tool_call> not JSON </tool_call>", null)]
    [InlineData(
        "hermes",
        "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": [1]}\n</tool_call>",
        "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": [1]}\n</tool_call>",
        null)]
    [InlineData("hermes", "<tool_call>{\"name\": }</tool_call>ok", "<tool_call>{\"name\": }</tool_call>ok", null)]
    [InlineData("hermes", "<tool<tool_call>{\"name\": \"get_weather\", \"arguments\": {}}</tool_call>", "<tool", "{}")]
    [InlineData("hermes", "<tool_call>{\"function\": {\"name\": \"get_weather\", \"arguments\": {}}}</tool_call>", "", "{}")]
    [InlineData(
        "qwen3-coder",
        "<tool_call>\n<function=get_weather>\n<parameter=city>\nif (a < b) {\n  </parameter> is "
            + "text\n}\n</parameter>\n</function>\n</tool_call>",
        "",
        "{\"city\":\"if (a < b) {\\n  </parameter> is text\\n}\"}")]
    [InlineData(
        "qwen3-coder",
        "<tool_call>\n<function=get_weather>\n<parameter=days>\nmany\n</parameter>\n</function>\n</tool_call>",
        "",
        """{"days":"many"}""")]
    [InlineData(
        "llama", "{\"type\": \"function\", \"name\": \"get_weather\", \"parameters\": {\"city\": \"Rome\"}}", "", """{"city":"Rome"}""")]
    [InlineData("llama", "{\"answer\": 42}", "{\"answer\": 42}", null)]
    [InlineData(
        "llama", "Here: {\"name\": \"get_weather\", \"parameters\": {}}", "Here: {\"name\": \"get_weather\", \"parameters\": {}}", null)]
    [InlineData("mistral", "[TOOL_CALLS]get_weather{\"city\": \"Rome\"}", "", """{"city":"Rome"}""")]
    [InlineData("mistral", "[TOOL_CALLS] [ARGS]{}", "[TOOL_CALLS] [ARGS]{}", null)]
    [InlineData("generic tag", "<call>I use get_weather {\"city\": \"Rome\"}", "", """{"city":"Rome"}""")]
    [InlineData("generic tag", "<call>{\"get_weather\": {\"city\": \"Rome\"}}", "", """{"city":"Rome"}""")]
    [InlineData("generic tag", "<call>{\"no\": \"tool\"}", "<call>{\"no\": \"tool\"}", null)]
    [InlineData("deepseek 3", "<｜tool▁call▁begin｜>function<｜tool▁sep｜>get_weather\n```json\n{}\n```<｜tool▁call▁end｜>", "", "{}")]
    [InlineData(
        "lfm2",
        "<|tool_call_start|>[get_weather(\"Rome\")]<|tool_call_end|>",
        "<|tool_call_start|>[get_weather(\"Rome\")]<|tool_call_end|>",
        null)]
    [InlineData("olmo 3", "<function_calls>get_weather(city='it\\'s', days=-2)</function_calls>", "", """{"city":"it's","days":-2}""")]
    public void Odd_answers_are_read_as_they_are_meant(string name, string text, string content, string? arguments) =>
        Check(name, text, content, arguments is null ? [] : [("get_weather", arguments)]);

    [Fact]
    public void The_longest_name_wins_at_one_place() =>
        Check(
            "generic tag",
            "<call>{\"name\": \"get_weather_map\", \"arguments\": {\"zoom\": 1}}</call>",
            "",
            [("get_weather_map", """{"zoom":1}""")]);

    [Fact]
    [Trait("Category", "Fuzz")]
    public void Damaged_answers_neither_crash_nor_hang_nor_lose_text()
    {
        var random = new Random(20261124);
        var rounds = 0;
        var texts = WrittenCalls.All.Keys
            .Select(name => (Name: name, Text: Written(name, ("get_weather", Object(Stories["every type"])), ("now", []))))
            .ToList();
        var until = DateTime.UtcNow + FuzzTime.Of(TimeSpan.FromSeconds(2));
        while (DateTime.UtcNow < until)
        {
            var (name, text) = texts[random.Next(texts.Count)];
            var damaged = Damage(random, text, texts[random.Next(texts.Count)].Text);
            var whole = Run(name, [damaged], atLimit: false);
            Assert.Equal(whole, Run(name, Cut(random, damaged), atLimit: false));
            if (whole.Calls.Length == 0)
                Assert.Equal(damaged, whole.Content);
            rounds++;
        }

        Assert.True(rounds > 100, $"{rounds} rounds");
    }

    private static string Damage(Random random, string text, string other)
    {
        var damaged = new StringBuilder(text);
        for (var count = random.Next(1, 6); count > 0 && damaged.Length > 0; count--)
        {
            var at = random.Next(damaged.Length);
            switch (random.Next(4))
            {
                case 0:
                    damaged.Remove(at, random.Next(damaged.Length - at));
                    break;
                case 1:
                    damaged[at] = "<>{}[]\"\\|:=,()\n "[random.Next(16)];
                    break;
                case 2:
                    damaged.Insert(at, other.AsSpan(random.Next(other.Length)));
                    break;
                default:
                    damaged.Insert(at, damaged.ToString(at, Math.Min(20, damaged.Length - at)));
                    break;
            }
        }

        return damaged.ToString();
    }

    /// <summary>Every way to hand the text over gives the same.</summary>
    private static void Check(
        string name, string text, string content, (string Name, string Arguments)[] calls, string story = "", bool atLimit = false)
    {
        var expected = new Outcome(
            content, string.Join('\n', calls.Select(call => $"{call.Name} {Normal(JsonElement.Parse(call.Arguments))}")));
        Assert.True(expected == Run(name, [text], atLimit), $"{story}: {text}\ngave {Run(name, [text], atLimit)}\ninstead of {expected}");
        Assert.True(
            expected == Run(name, text.Select(letter => letter.ToString()), atLimit),
            $"{story}, letter by letter: {text}\ngave {Run(name, text.Select(letter => letter.ToString()), atLimit)}");
        for (var at = 1; at < text.Length; at++)
            Assert.True(expected == Run(name, [text[..at], text[at..]], atLimit), $"{story}, cut at {at}: {text}");
    }

    private static IEnumerable<string> Cut(Random random, string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = Math.Min(random.Next(1, 12), text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }

    private static Outcome Run(string name, IEnumerable<string> pieces, bool atLimit)
    {
        var parser = new CallParser(WrittenCalls.All[name].Format, Tools);
        var found = new List<OutputPiece>();
        foreach (var piece in pieces)
            parser.Read(piece, found);
        parser.Finish(atLimit, found);
        return Joined(found);
    }

    private static Outcome Joined(List<OutputPiece> found) => new(
        string.Concat(found.OfType<OutputPiece.Content>().Select(piece => piece.Text)),
        string.Join('\n', found.OfType<OutputPiece.Call>().Select(call => $"{call.Name} {Normal(call.Arguments)}")));

    /// <summary>Numbers by value: what is written <c>2</c> may come back as <c>2.0</c>.</summary>
    private static string Normal(JsonElement value) =>
        JsonNode.Parse(value.GetRawText())!.ToJsonString().Replace(".0", "", StringComparison.Ordinal);

    private static string Written(string name, params (string Name, JsonObject Arguments)[] calls) => WrittenCalls.All[name].Write(calls);

    private static JsonObject Object(string json) => (JsonObject)JsonNode.Parse(json)!;

    private static Tool Declare(string function) => new(JsonElement.Parse($$"""{"type":"function","function":{{function}}}"""));

    private sealed record Outcome(string Content, string Calls);
}
