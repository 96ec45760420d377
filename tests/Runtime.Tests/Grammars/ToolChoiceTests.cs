using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Prompting.Calls;
using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Parsing;
using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Tests.Engines;
using ModelOps.Templates.Chat;

namespace ModelOps.Runtime.Tests.Grammars;

/// <summary>
/// A call that must come is written in the model's own format, fits its schema, and is read back: for every format, from a hot model.
/// </summary>
public class ToolChoiceTests
{
    private const int Samples = 5;

    private static readonly ImmutableArray<Tool> Tools =
    [
        Declare("""
            {"name":"get_weather","parameters":{"type":"object","required":["city","days"],"properties":{
              "city":{"type":"string","enum":["Paris","New York"]},"days":{"type":"integer","minimum":1,"maximum":14},"unit":{"type":"string","enum":["celsius","fahrenheit"]},"wind":{"type":"boolean"}}}}
            """),
        Declare("""{"name":"now","parameters":{"type":"object","properties":{}}}"""),
        Declare(
            """{"name":"search","parameters":{"type":"object","required":["tags"],"properties":{"tags":{"type":"array","maxItems":3,"items":{"enum":["a","b c"]}}}}}"""),
    ];

    /// <summary>Pico, once it thinks, does not stop: the format with room for it is left to the other test.</summary>
    public static TheoryData<string> Formats => [.. ByName.Keys.Where(name => name != "harmony").Order(StringComparer.Ordinal)];

    private static readonly Lazy<Task<IEngine>> Engine = new(() => Pico.LoadAsync(context: 1024, slots: 2));

    private static readonly Dictionary<string, (ICallGrammar Grammar, Func<ToolSet, IOutputParser> Parser)> ByName = new(
        StringComparer.Ordinal)
    {
        ["hermes"] = Of(CallFormats.Hermes),
        ["granite"] = Of(CallFormats.Granite),
        ["tool-calls list"] = Of(CallFormats.ToolCallsList),
        ["nemotron"] = Of(CallFormats.NemotronList),
        ["firefunction"] = Of(CallFormats.Firefunction),
        ["command-r"] = Of(CallFormats.CommandR),
        ["command-r-plus"] = Of(CallFormats.CommandRPlus),
        ["llama"] = Of(CallFormats.Llama),
        ["mistral"] = Of(CallFormats.Mistral),
        ["mistral list"] = Of(CallFormats.MistralList),
        ["gemma 4"] = Of(CallFormats.Gemma4),
        ["function gemma"] = Of(CallFormats.FunctionGemma),
        ["lfm2"] = Of(CallFormats.Lfm2),
        ["olmo 3"] = Of(CallFormats.Olmo3),
        ["qwen3-coder"] = Of(CallFormats.QwenCoder),
        ["seed-oss"] = Of(CallFormats.SeedOss),
        ["minimax"] = Of(CallFormats.MiniMax),
        ["minimax m3"] = Of(CallFormats.MiniMaxM3),
        ["kimi k3"] = Of(CallFormats.KimiK3),
        ["deepseek 3.2"] = Of(CallFormats.DeepSeekMarkup),
        ["deepseek 4"] = Of(CallFormats.DeepSeekMarkup4),
        ["glm"] = Of(CallFormats.Glm),
        ["hunyuan"] = Of(CallFormats.Hunyuan),
        ["deepseek 3"] = Of(CallFormats.DeepSeek),
        ["deepseek 3.1"] = Of(CallFormats.DeepSeek31),
        ["kimi k2"] = Of(CallFormats.KimiK2),
        ["solar"] = Of(CallFormats.Solar),
        ["gigachat"] = Of(CallFormats.GigaChat),
        ["bare json"] = Of(CallFormats.BareJson),
        ["generic"] = Of(new GenericFormat("<call>")),
        ["generic object"] = Of(new GenericFormat("{")),
        ["generic list"] = Of(new GenericFormat("[")),
        ["harmony"] = (HarmonyGrammar.Instance, tools => new HarmonyParser(tools)),
    };

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_forced_call_is_read_back_and_fits_its_schema(string name)
    {
        var (grammar, parser) = ByName[name];
        var builder = new GrammarBuilder();
        var rest = grammar.Rest(builder, new CallableTools(Tools, IsExact: true), several: false);
        var text = builder.Build(grammar.Opening.Length > 0 ? $"{GrammarBuilder.Literal(grammar.Opening)} {rest}" : rest);
        GbnfText.Check(text);

        var engine = await Engine.Value;
        var finished = 0;
        for (var seed = 0; seed < Samples; seed++)
        {
            var request = await engine.AskAsync("Write a haiku.", maxTokens: 700);
            var answer = await engine.RunAsync(
                request with { Grammar = text, Sampling = new SamplingSettings { Temperature = 1.2f, Seed = seed } });
            if (answer.End.Reason != EngineStopReason.Stop)
                continue;
            finished++;
            var tools = new ToolSet(Tools);
            var found = new List<OutputPiece>();
            var reader = parser(tools);
            reader.Read(answer.Text, found);
            reader.Finish(atLimit: false, found);
            var call = Assert.Single(found.OfType<OutputPiece.Call>());
            Assert.DoesNotContain(found, piece => piece is OutputPiece.Content);
            var schema = ToolSet.ParametersOf(Tools.Single(tool => tool.Name == call.Name));
            Assert.True(SchemaValidator.Fits(schema, call.Arguments, schema), $"{answer.Text}\n{call.Arguments}");
        }

        Assert.True(finished > 0, "no sample ended");
    }

    [Theory]
    [InlineData(
        "qwen3-coder",
        "<tool_call>\n<function=say>\n<parameter=text>\nIt's <b>1 < 2</b>,\nor \"so\"\n</parameter>\n</function>\n</tool_call>")]
    [InlineData(
        "minimax",
        "<minimax:tool_call>\n<invoke name=\"say\">\n<parameter name=\"text\">a </para> b</parameter>\n</invoke>\n</minimax:tool_call>")]
    [InlineData("glm", "<tool_call>say\n<arg_key>text</arg_key>\n<arg_value>a</arg_valu b</arg_value>\n</tool_call>")]
    [InlineData("function gemma", "<start_function_call>call:say{text:<escape>a, {b}: <c><escape>}<end_function_call>")]
    [InlineData("gemma 4", "<|tool_call>call:say{text:<|\"|>a \"b\"<|\"|>}<tool_call|>")]
    [InlineData(
        "harmony",
        "<|channel|>analysis<|message|>It is <|en.<|end|><|start|>assistant<|channel|>commentary to=functions.say "
            + "<|constrain|>json<|message|>{\"text\": \"hi\"}")]
    [InlineData(
        "minimax m3",
        "]<]minimax[>[<tool_call>\n]<]minimax[>[<invoke name=\"say\">]<]minimax[>[<text>a ]<]minimax b "
            + "</text>]<]minimax[>[</text>]<]minimax[>[</invoke>\n]<]minimax[>[</tool_call>")]
    [InlineData(
        "hunyuan",
        "<tool_calls:opensource>\n<tool_call:opensource>say<tool_sep:opensource>\n<arg_key:opensource>text</arg_key:opensource>\n<arg_value:opensource>x</arg_value:opensource>\n</tool_call:opensource>\n</tool_calls:opensource>")]
    public void Free_text_may_be_anything_but_the_mark_that_ends_it(string name, string written)
    {
        var (grammar, parser) = ByName[name];
        ImmutableArray<Tool> tools = [Declare(
            """{"name":"say","parameters":{"type":"object","required":["text"],"properties":{"text":{"type":"string"}}}}""")];
        var builder = new GrammarBuilder();
        var rest = grammar.Rest(builder, new CallableTools(tools, IsExact: true), several: true);
        var text = builder.Build(grammar.Opening.Length > 0 ? $"{GrammarBuilder.Literal(grammar.Opening)} {rest}" : rest);
        Assert.True(GrammarProbe.Accepts(text, written));
        Assert.False(GrammarProbe.Accepts(text, written + written[^1]));
        Assert.False(GrammarProbe.Accepts(text, written.Replace("say", "sa", StringComparison.Ordinal)));

        var found = new List<OutputPiece>();
        var reader = parser(new ToolSet(tools));
        reader.Read(written, found);
        reader.Finish(atLimit: false, found);
        Assert.Equal("say", Assert.Single(found.OfType<OutputPiece.Call>()).Name);
    }

    private static (ICallGrammar Grammar, Func<ToolSet, IOutputParser> Parser) Of(ICallFormat format) =>
        ((ICallGrammar)format, tools => new CallParser(format, tools));

    private static Tool Declare(string function) => new(JsonElement.Parse($$"""{"type":"function","function":{{function}}}"""));
}
