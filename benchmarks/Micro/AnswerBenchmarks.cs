using System.Text.Json;
using BenchmarkDotNet.Attributes;
using ModelOps.Prompting.Answers;
using ModelOps.Prompting.Calls;
using ModelOps.Prompting.Parsing;
using ModelOps.Templates.Chat;

namespace ModelOps.Micro;

/// <summary>
/// What reading an answer costs for each token: without tools, with tools on offer, with reasoning, and with calls in it.
/// </summary>
[MemoryDiagnoser]
public class AnswerBenchmarks
{
    /// <summary>Tokens of one answer.</summary>
    public const int Tokens = 1000;

    private static readonly string[] Words = [
        "The", " sky", " is", " blue", ",", " because", " 1", " <", " 2", ".", " A", "ir", " scatters", " light", "\n", " {", " }",
        " [", "]", " it",
    ];

    private readonly ToolSet _tools = new(
        [new Tool(
            JsonElement.Parse(
                """{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}"""))]);
    private readonly string[] _text = [.. Enumerable.Range(0, Tokens).Select(index => Words[index % Words.Length])];
    private readonly string[] _call = [.. Calls()];

    [Benchmark(OperationsPerInvoke = Tokens)]
    public int Plain() => Read(new ContentParser(), _text);

    [Benchmark(OperationsPerInvoke = Tokens)]
    public int WithTools() => Read(new CallParser(CallFormats.Hermes, _tools), _text);

    [Benchmark(OperationsPerInvoke = Tokens)]
    public int WithThinking() =>
        Read(new ThinkingParser("<think>", "</think>", isOpen: true, new CallParser(CallFormats.Hermes, _tools)), _text);

    [Benchmark(OperationsPerInvoke = Tokens)]
    public int WithCalls() => Read(new CallParser(CallFormats.Hermes, _tools), _call);

    private static int Read(IOutputParser parser, string[] pieces)
    {
        var reader = new AnswerReader(parser, isNative: false);
        var events = 0;
        foreach (var piece in pieces)
            events += reader.Read(piece, []).Count();
        return events + reader.Finish(atLimit: false).Count();
    }

    private static IEnumerable<string> Calls()
    {
        const string Call =
            "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"New York, in the state of the same "
                + "name\"}}\n</tool_call>\n";
        var text = string.Concat(Enumerable.Repeat(Call, (Tokens * 4 / Call.Length) + 1));
        for (var at = 0; at < Tokens; at++)
            yield return text.Substring(at * 4, 4);
    }
}
