using System.Collections.Immutable;
using ModelOps.Prompting.Answers;
using ModelOps.Prompting.Calls;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Parsing;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Tests.Answers;

/// <summary>Events of an answer: what stands in which, and that nothing is told twice or lost.</summary>
public class AnswerReaderTests
{
    private static readonly ImmutableArray<TokenLogprob> One = [new TokenLogprob(1, [65], -0.5f, [])];

    [Fact]
    public void Probabilities_of_the_piece_that_completes_a_call_come_with_the_call()
    {
        var reader = new AnswerReader(Calls(), isNative: false);
        Assert.Equal(["", "calls 1"], Told(reader, "<tool_call>{\"name\":\"f\",\"arguments\":{}}", "</tool_call>"));
    }

    [Fact]
    public void Beside_text_they_come_with_the_text() =>
        Assert.Equal(["Hello ", "calls 0"], Told(new AnswerReader(new ScriptedParser(), isNative: false), "x"));

    [Fact]
    public void On_the_engines_path_they_come_at_once_and_the_calls_at_the_end() =>
        Assert.Equal(["Hello ", "late 0"], Told(new AnswerReader(new ScriptedParser(), isNative: true), "x"));

    [Theory]
    [InlineData("One, ", "two", "One, two")]
    [InlineData("", "two", "two")]
    public void An_answer_begins_with_what_the_prompt_says_of_it(string said, string generated, string expected) =>
        Assert.Equal([expected], Told(new AnswerReader(new ContentParser(), isNative: true, said), generated));

    [Fact]
    public void That_is_told_also_when_nothing_follows() =>
        Assert.Equal(["One, "], new AnswerReader(new ContentParser(), isNative: true, "One, ").Finish(atLimit: false).Select(Text));

    private static List<string> Told(AnswerReader reader, params string[] pieces) =>
        [.. pieces.SelectMany(piece => reader.Read(piece, One).ToList()).Concat(reader.Finish(atLimit: false)).Select(Text)];

    private static string Text(InferenceEvent item) => item switch
    {
        InferenceEvent.Delta delta => delta.Content,
        InferenceEvent.ToolCalls calls => $"{(calls.OnLastLine ? "late" : "calls")} {calls.Logprobs.Length}",
        _ => "?",
    };

    private static CallParser Calls()
    {
        var json = System.Text.Json.JsonElement.Parse(
            """{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}""");
        return new CallParser(CallFormats.Hermes, new ToolSet([new Tool(json)]));
    }

    /// <summary>Finds text and a call in every piece.</summary>
    private sealed class ScriptedParser : IOutputParser
    {
        public void Read(string text, List<OutputPiece> found)
        {
            found.Add(new OutputPiece.Content("Hello "));
            found.Add(new OutputPiece.Call("f", System.Text.Json.JsonElement.Parse("{}")));
        }

        public void Finish(bool atLimit, List<OutputPiece> found)
        {
        }
    }
}
