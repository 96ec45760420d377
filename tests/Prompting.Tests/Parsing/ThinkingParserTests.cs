using ModelOps.Prompting.Calls;
using ModelOps.Prompting.Parsing;

namespace ModelOps.Prompting.Tests.Parsing;

/// <summary>Reasoning in front of an answer (spec/http-apis.md 5.9), and the channels of gpt-oss.</summary>
public class ThinkingParserTests
{
    [Theory]
    [InlineData("<think>a b</think>c", "a b", "c")]
    [InlineData("\n <think>\n\na\n</think>\n\n c ", "a\n", "c ")]
    [InlineData("  no thinking <think>x</think>", "", "  no thinking <think>x</think>")]
    [InlineData("<think>one</think>two<think>three</think>", "one", "two<think>three</think>")]
    [InlineData("<think>never closed </thin", "never closed </thin", "")]
    [InlineData("<think></think>only", "", "only")]
    [InlineData("<think>", "", "")]
    [InlineData("<thi", "", "<thi")]
    [InlineData("<think>a < b </ c</think>d", "a < b </ c", "d")]
    [InlineData("", "", "")]
    public void The_first_block_is_thinking(string text, string thinking, string content) => Check(text, thinking, content, isOpen: false);

    [Theory]
    [InlineData("a</think>b", "a", "b")]
    [InlineData("\n a</think>\nb", "a", "b")]
    [InlineData("</think>b", "", "b")]
    [InlineData("all of it", "all of it", "")]
    public void A_prompt_that_ends_with_the_mark_begins_inside(string text, string thinking, string content) =>
        Check(text, thinking, content, isOpen: true);

    [Fact]
    public void A_call_inside_of_thinking_is_thinking()
    {
        var tools = new ToolSet([new(System.Text.Json.JsonElement.Parse("""{"type":"function","function":{"name":"now"}}"""))]);
        var parser = new ThinkingParser("<think>", "</think>", isOpen: false, new CallParser(CallFormats.Hermes, tools));
        var found = new List<OutputPiece>();
        parser.Read("<think><tool_call>{\"name\": \"now\"}</tool_call></think>\n<tool_call>{\"name\": \"now\"}</tool_call>", found);
        parser.Finish(atLimit: false, found);
        Assert.Equal(
            "<tool_call>{\"name\": \"now\"}</tool_call>", string.Concat(found.OfType<OutputPiece.Thinking>().Select(piece => piece.Text)));
        Assert.Single(found.OfType<OutputPiece.Call>());
    }

    [Theory]
    [InlineData("<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Blue.", "Hm.", "Blue.", "")]
    [InlineData(
        "<|channel|>analysis<|message|>Look.<|end|><|start|>assistant<|channel|>commentary to=functions.now "
            + "<|constrain|>json<|message|>{\"a\": \"<x>\"}<|call|>",
        "Look.",
        "",
        "now {\"a\": \"<x>\"}")]
    [InlineData(
        "<|channel|>commentary<|message|>I shall look.<|end|><|start|>assistant to=functions.now<|channel|>commentary json<|message|>{}",
        "",
        "I shall look.",
        "now {}")]
    [InlineData(" to=functions.now<|channel|>commentary json<|message|>{}<|call|>", "", "", "now {}")]
    [InlineData("<|channel|>commentary to=functions.other<|message|>{}<|call|>", "", "{}", "")]
    [InlineData("<|channel|>commentary to=functions.now<|message|>{\"a\": ", "", "{\"a\": ", "")]
    [InlineData("No channel at all.", "", "No channel at all.", "")]
    [InlineData("<|channel|>final<|message|>a < b <|e and so on<|return|>", "", "a < b <|e and so on", "")]
    public void Channels_are_told_apart(string text, string thinking, string content, string calls)
    {
        var tools = new ToolSet([new(System.Text.Json.JsonElement.Parse("""{"type":"function","function":{"name":"now"}}"""))]);
        foreach (var pieces in Cuts(text))
            Assert.Equal((thinking, content, calls), Run(new HarmonyParser(tools), pieces));
    }

    [Fact]
    public void A_call_that_the_limit_cut_is_left_out_of_a_channel()
    {
        var tools = new ToolSet([new(System.Text.Json.JsonElement.Parse("""{"type":"function","function":{"name":"now"}}"""))]);
        Assert.Equal(
            ("", "", ""), Run(new HarmonyParser(tools), ["<|channel|>commentary to=functions.now<|message|>{\"a\": "], atLimit: true));
    }

    private static void Check(string text, string thinking, string content, bool isOpen)
    {
        foreach (var pieces in Cuts(text))
            Assert.Equal((thinking, content, ""), Run(new ThinkingParser("<think>", "</think>", isOpen, new ContentParser()), pieces));
    }

    private static IEnumerable<string[]> Cuts(string text)
    {
        yield return [text];
        yield return [.. text.Select(letter => letter.ToString())];
        for (var at = 1; at < text.Length; at++)
            yield return [text[..at], text[at..]];
    }

    private static (string Thinking, string Content, string Calls) Run(IOutputParser parser, string[] pieces, bool atLimit = false)
    {
        var found = new List<OutputPiece>();
        foreach (var piece in pieces)
            parser.Read(piece, found);
        parser.Finish(atLimit, found);
        return (
            string.Concat(found.OfType<OutputPiece.Thinking>().Select(piece => piece.Text)),
            string.Concat(found.OfType<OutputPiece.Content>().Select(piece => piece.Text)),
            string.Join('\n', found.OfType<OutputPiece.Call>().Select(call => $"{call.Name} {call.Arguments.GetRawText()}")));
    }
}
