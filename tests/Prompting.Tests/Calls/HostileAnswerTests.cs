using System.Text.Json;
using ModelOps.Prompting.Calls;
using ModelOps.Prompting.Parsing;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Tests.Calls;

/// <summary>Answers that only a confused model writes: none may crash the reader, whatever the cut.</summary>
public class HostileAnswerTests
{
    private static readonly ToolSet Tools = new(
        [new Tool(
            JsonElement.Parse(
                """{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"array"}}}}}"""))]);

    private static string Lists(int depth) => new string('[', depth) + new string(']', depth);

    public static TheoryData<string, string> Deep => new()
    {
        { "qwen3-coder", $"<tool_call>\n<function=f>\n<parameter=a>\n{Lists(64)}\n</parameter>\n</function>\n</tool_call>" },
        { "minimax", $"<minimax:tool_call>\n<invoke name=\"f\">\n<parameter name=\"a\">{Lists(64)}</parameter>\n</invoke>\n</minimax:tool_call>" },
        { "glm", $"<tool_call>f\n<arg_key>a</arg_key>\n<arg_value>{Lists(64)}</arg_value>\n</tool_call>" },
        { "gemma 4", $"<|tool_call>call:f{{a:{Lists(63)}}}<tool_call|>" },
        { "gemma 4", $"<|tool_call>call:f{{a:{Lists(64)}}}<tool_call|>" },
        { "lfm2", $"<|tool_call_start|>[f(a={Lists(64)})]<|tool_call_end|>" },
        { "minimax m3", "]<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name=\"f\">]<]minimax[>[<a>" + Lists(64) + "]<]minimax[>[</a>]<]minimax[>[</invoke>\n]<]minimax[>[</tool_call>" },
    };

    [Theory]
    [MemberData(nameof(Deep))]
    public void Arguments_as_deep_as_can_be_are_a_call(string format, string text)
    {
        var (content, calls) = Run(format, [text]);
        Assert.Equal("", content);
        Assert.Equal("f", Assert.Single(calls).Name);
    }

    [Theory]
    [MemberData(nameof(WrittenFormats))]
    public void Nesting_without_end_behind_a_call_loses_nothing(string format)
    {
        var written = WrittenCalls.All[format].Write([("f", [])]);
        var text = written + new string('[', 500) + new string('{', 500) + new string('(', 500);
        var (content, calls) = Run(format, [text]);
        Assert.True(content.Length <= text.Length);
        if (calls.Count == 0)
            Assert.Equal(text, content);
    }

    public static TheoryData<string> WrittenFormats => [.. WrittenCalls.All.Keys];

    [Theory]
    [InlineData("hermes", """<tool_call>{"name": "\ud800", "arguments": {}}</tool_call>""", false)]
    [InlineData("hermes", """<tool_call>{"name": "f", "arguments": "\ud800"}</tool_call>""", false)]
    [InlineData("hermes", """<tool_call>{"\udc00": 1, "name": "f", "arguments": {"a": "\ud83d"}}</tool_call>""", true)]
    [InlineData("qwen3-coder", "<tool_call>\n<function=f>\n<parameter=a>\n[\"\\ud83d\"]\n</parameter>\n</function>\n</tool_call>", true)]
    [InlineData("generic tag", """<call>f {"\ud800": {"name": 1}}</call>""", true)]
    [InlineData("llama", """{"name": "f", "parameters": {"a": "\udc00\ud800"}}""", true)]
    [InlineData("mistral", """[TOOL_CALLS]f[ARGS]{"a": "\ud83d"}""", true)]
    [InlineData("lfm2", """<|tool_call_start|>[f(a="\ud83d")]<|tool_call_end|>""", true)]
    public void Half_a_character_as_an_escape_does_no_harm(string format, string text, bool isCall)
    {
        var (content, calls) = Run(format, [text]);
        Assert.Equal(isCall ? "" : text, content);
        Assert.Equal(isCall ? 1 : 0, calls.Count);
        Assert.Equal((content, string.Concat(calls.Select(Told))), Letters(format, text));
    }

    [Theory]
    [InlineData("""{"a":"\ud83d\ude00"}""", """{"a":"\ud83d\ude00"}""")]
    [InlineData("""{"a":"\\ud83d"}""", """{"a":"\\ud83d"}""")]
    [InlineData("""{"a":"\ud83dx"}""", """{"a":"\ufffdx"}""")]
    [InlineData("""{"a":"\ud83d\ud83d\ude00"}""", """{"a":"\ufffd\ud83d\ude00"}""")]
    [InlineData("""{"a":"\u12"}""", """{"a":"\u12"}""")]
    public void Only_halves_are_mended(string json, string mended) => Assert.Equal(mended, SurrogatePairs.Whole(json));

    [Fact]
    public void A_mark_followed_by_prose_is_released_before_the_end()
    {
        var found = new List<OutputPiece>();
        var parser = new CallParser(CallFormats.Mistral, Tools);
        var text = "[TOOL_CALLS]" + string.Concat(Enumerable.Repeat("no call at all ", 20)) + "{";
        parser.Read(text, found);
        Assert.Equal(text, string.Concat(found.OfType<OutputPiece.Content>().Select(piece => piece.Text)));
    }

    [Fact]
    public void A_call_inside_of_reasoning_is_reasoning()
    {
        const string Call = "<tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call>";
        var found = new List<OutputPiece>();
        var parser = new ThinkingParser("<think>", "</think>", isOpen: false, new CallParser(CallFormats.Hermes, Tools));
        foreach (var letter in $"<think>{Call}</think>{Call}")
            parser.Read(letter.ToString(), found);
        parser.Finish(atLimit: false, found);
        Assert.Equal(Call, string.Concat(found.OfType<OutputPiece.Thinking>().Select(piece => piece.Text)));
        Assert.Single(found.OfType<OutputPiece.Call>());
        Assert.Empty(found.OfType<OutputPiece.Content>());
    }

    private static (string Content, string Calls) Letters(string format, string text)
    {
        var (content, calls) = Run(format, text.Select(letter => letter.ToString()));
        return (content, string.Concat(calls.Select(Told)));
    }

    /// <summary>Every text in the arguments can be used.</summary>
    private static string Told(OutputPiece.Call call)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            call.Arguments.WriteTo(writer);
        return $"{call.Name} {System.Text.Encoding.UTF8.GetString(stream.ToArray())}\n";
    }

    private static (string Content, List<OutputPiece.Call> Calls) Run(string format, IEnumerable<string> pieces)
    {
        var found = new List<OutputPiece>();
        var parser = new CallParser(WrittenCalls.All[format].Format, Tools);
        foreach (var piece in pieces)
            parser.Read(piece, found);
        parser.Finish(atLimit: false, found);
        return (string.Concat(found.OfType<OutputPiece.Content>().Select(piece => piece.Text)), [.. found.OfType<OutputPiece.Call>()]);
    }
}
