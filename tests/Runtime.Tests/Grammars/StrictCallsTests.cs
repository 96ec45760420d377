using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Calls;
using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Parsing;
using ModelOps.Prompting.Tests.Calls;
using ModelOps.Templates.Chat;

namespace ModelOps.Runtime.Tests.Grammars;

/// <summary>Strict tools: an answer is free until a call begins, and a call fits its schema, in every format.</summary>
public class StrictCallsTests
{
    private static readonly ThinkingMarks Marks = new("<think>", "</think>");

    /// <summary>Ways of writing that are read and never enforced: others of the same model are.</summary>
    private static readonly string[] OnlyRead = ["llama python", "mistral with id", "qwen3-coder bare"];

    private static readonly CallableTools Tools = new(
        [
            Declare(
                """{"name":"paint","strict":true,"parameters":{"type":"object","properties":{"color":{"type":"string","enum":["red","blue"]},"level":{"type":"integer"}},"required":["color"],"additionalProperties":false}}"""),
            Declare("""{"name":"now","parameters":{"type":"object","properties":{}}}"""),
        ],
        IsExact: false);

    public static TheoryData<string> Formats => [.. WrittenCalls.All.Keys.Except(OnlyRead)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Text_is_free_and_a_call_is_held_to_its_schema(string name)
    {
        var grammar = Grammar(name, null, isOpen: false);
        Assert.True(GrammarProbe.Accepts(grammar, "The sky is blue, and 1 < 2: that's all!"));
        Assert.True(GrammarProbe.Accepts(grammar, Written(name, "red")));
        Assert.True(GrammarProbe.Accepts(grammar, Written(name, "red", "blue")));
        Assert.False(GrammarProbe.Accepts(grammar, Written(name, "green")));
        if (!WrittenCalls.All[name].IsWhole)
        {
            Assert.True(GrammarProbe.Accepts(grammar, "Let me see. " + Written(name, "red")));
            Assert.False(GrammarProbe.Accepts(grammar, "Let me see. " + Written(name, "green")));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Reasoning_may_hold_anything_and_hides_nothing(string name)
    {
        var grammar = Grammar(name, Marks, isOpen: false);
        Assert.True(GrammarProbe.Accepts(grammar, "No thinking."));
        Assert.True(GrammarProbe.Accepts(grammar, $"<think>{Written(name, "green")}</think>\n{Written(name, "red")}"));
        Assert.True(GrammarProbe.Accepts(grammar, Written(name, "red")));
        Assert.False(GrammarProbe.Accepts(grammar, $"<think>Hm.</think>\n{Written(name, "green")}"));
        Assert.False(GrammarProbe.Accepts(grammar, Written(name, "green")));
        Assert.False(GrammarProbe.Accepts(grammar, $"{Written(name, "green")}</think>"));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_prompt_that_ends_inside_of_the_reasoning_is_no_way_out(string name)
    {
        var grammar = Grammar(name, Marks, isOpen: true);
        Assert.True(GrammarProbe.Accepts(grammar, "Hm, and no end."));
        Assert.True(GrammarProbe.Accepts(grammar, $"Hm.</think>\n{Written(name, "blue")}"));
        Assert.False(GrammarProbe.Accepts(grammar, $"Hm.</think>\n{Written(name, "green")}"));
    }

    [Fact]
    public void Channels_are_free_but_for_calls()
    {
        const string Call = "<|channel|>commentary to=functions.paint <|constrain|>json<|message|>";
        var builder = new GrammarBuilder();
        var grammar = builder.Build(HarmonyGrammar.Instance.Perhaps(builder, Tools, null, isOpen: false));
        GbnfText.Check(grammar);
        Assert.True(GrammarProbe.Accepts(grammar, "<|channel|>final<|message|>Blue <|e."));
        Assert.True(
            GrammarProbe.Accepts(grammar, $"<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant{Call}{{\"color\": \"red\"}}"));
        Assert.True(
            GrammarProbe.Accepts(
                grammar, $"<|channel|>commentary<|message|>I paint.<|end|><|start|>assistant{Call}{{\"color\": \"red\"}}"));
        Assert.False(GrammarProbe.Accepts(grammar, $"{Call}{{\"color\": \"green\"}}"));
        Assert.False(GrammarProbe.Accepts(grammar, $"<|channel|>final<|message|>Blue.<|start|>assistant{Call}{{\"color\": \"green\"}}"));
        Assert.False(GrammarProbe.Accepts(grammar, $"<|channel|>analysis<|message|>Hm.<|start|>assistant{Call}{{\"color\": \"green\"}}"));
    }

    [Fact]
    public void References_of_a_schema_lead_into_the_whole_of_it()
    {
        const string Function =
            """{"name":"paint","strict":true,"parameters":{"type":"object","$defs":{"c":{"enum":["red"]}},"properties":{"color":{"$ref":"#/$defs/c"}},"required":["color"]}}""";
        foreach (var (name, quote) in new[] { ("hermes", ""), ("qwen3-coder", "\""), ("lfm2", "") })
        {
            var builder = new GrammarBuilder();
            var body = ((ICallGrammar)WrittenCalls.All[name].Format).Perhaps(
                builder, new CallableTools([Declare(Function)], IsExact: false), null, isOpen: false);
            var grammar = builder.Build(body);
            Assert.True(GrammarProbe.Accepts(grammar, Written(name, $"{quote}red{quote}")), name);
            Assert.False(GrammarProbe.Accepts(grammar, Written(name, $"{quote}blue{quote}")), name);
        }
    }

    private static string Grammar(string name, ThinkingMarks? thinking, bool isOpen)
    {
        var builder = new GrammarBuilder();
        var grammar = builder.Build(((ICallGrammar)WrittenCalls.All[name].Format).Perhaps(builder, Tools, thinking, isOpen));
        GbnfText.Check(grammar);
        return grammar;
    }

    private static string Written(string name, params string[] colors) =>
        WrittenCalls.All[name].Write([.. colors.Select(color => ("paint", new JsonObject { ["color"] = color }))]);

    private static Tool Declare(string function) => new(JsonElement.Parse($$"""{"type":"function","function":{{function}}}"""));
}
