namespace ModelOps.Prompting.Calls;

/// <summary>
/// Which template picks which format of calls. A template shows the marks that its model was trained on, so the marks in its text decide;
/// rows that others contain come later. Formats and marks: the chat templates and cards of the models.
/// </summary>
internal static class CallFormats
{
    internal static ICallFormat Hermes { get; } = new TaggedJsonFormat(["<tool_call>"], ["</tool_call>"]);

    internal static ICallFormat Granite { get; } = new TaggedJsonFormat(["<|tool_call|>", "<tool_call>"], []) { IsList = true };

    internal static ICallFormat ToolCallsList { get; } = new TaggedJsonFormat(["<tool_calls>"], ["</tool_calls>"]) { IsList = true };

    internal static ICallFormat NemotronList { get; } = new TaggedJsonFormat(["<TOOLCALL>"], ["</TOOLCALL>"]) { IsList = true };

    internal static ICallFormat Firefunction { get; } = new TaggedJsonFormat(["functools"], []) { IsList = true };

    internal static ICallFormat CommandR { get; } = new TaggedJsonFormat(["<|START_ACTION|>"], ["<|END_ACTION|>"])
    {
        IsList = true, Before = "(\"\\\"tool_call_id\\\": \\\"\" [0-9]{1,3} \"\\\", \")? ", NameKey = "tool_name", ArgumentsKey = "parameters",
    };

    internal static ICallFormat CommandRPlus { get; } = new TaggedJsonFormat(["Action:\n```json", "Action: ```json"], ["```"]) { IsList = true, NameKey = "tool_name", ArgumentsKey = "parameters" };

    internal static ICallFormat GigaChat { get; } = new TaggedJsonFormat(["function call<|role_sep|>\n", "<|function_call|>"], ["<|message_sep|>"]);

    internal static ICallFormat Llama { get; } = new LlamaFormat();

    internal static ICallFormat BareJson { get; } = new TaggedJsonFormat([], [], ";") { BareOpenings = "{", ArgumentsKey = "parameters" };

    internal static ICallFormat Mistral { get; } = new MistralFormat(isList: false);

    internal static ICallFormat MistralList { get; } = new MistralFormat(isList: true);

    internal static ICallFormat Gemma4 { get; } = new GemmaFormat("<|tool_call>", "<tool_call|>", "<|\"|>");

    internal static ICallFormat FunctionGemma { get; } = new GemmaFormat("<start_function_call>", "<end_function_call>", "<escape>");

    internal static ICallFormat Lfm2 { get; } = new PythonFormat(["<|tool_call_start|>"], "<|tool_call_end|>");

    internal static ICallFormat Olmo3 { get; } = new PythonFormat(["<function_calls>"], "</function_calls>") { IsList = false };

    internal static ICallFormat QwenCoder { get; } = new MarkupFormat(
        new MarkupTags("<tool_call>", "</tool_call>", "<function=", ">", "</function>", "<parameter=", ">", "</parameter>") { IsOpenOptional = true, TrimsLines = true });

    internal static ICallFormat SeedOss { get; } = new MarkupFormat(
        new MarkupTags("<seed:tool_call>", "</seed:tool_call>", "<function=", ">", "</function>", "<parameter=", ">", "</parameter>") { TrimsLines = true });

    internal static ICallFormat MiniMax { get; } = new MarkupFormat(
        new MarkupTags("<minimax:tool_call>", "</minimax:tool_call>", "<invoke name=\"", "\">", "</invoke>", "<parameter name=\"", "\">", "</parameter>"));

    internal static ICallFormat MiniMaxM3 { get; } = new NestedMarkupFormat();

    internal static ICallFormat KimiK3 { get; } = new MarkupFormat(
        new MarkupTags(
            "<|open|>tools<|sep|>", "<|close|>tools<|sep|>", "<|open|>call tool=\"", "<|sep|>", "<|close|>call<|sep|>",
            "<|open|>argument key=\"", "<|sep|>", "<|close|>argument<|sep|>")
        { NumbersCalls = true, TypesArguments = true });

    internal static ICallFormat DeepSeekMarkup { get; } = new MarkupFormat(
        new MarkupTags(
            "<｜DSML｜function_calls>", "</｜DSML｜function_calls>", "<｜DSML｜invoke name=\"", "\">", "</｜DSML｜invoke>",
            "<｜DSML｜parameter name=\"", "\">", "</｜DSML｜parameter>")
        { TellsText = true });

    internal static ICallFormat DeepSeekMarkup4 { get; } = new MarkupFormat(
        new MarkupTags(
            "<｜DSML｜tool_calls>", "</｜DSML｜tool_calls>", "<｜DSML｜invoke name=\"", "\">", "</｜DSML｜invoke>",
            "<｜DSML｜parameter name=\"", "\">", "</｜DSML｜parameter>")
        { TellsText = true });

    internal static ICallFormat Glm { get; } = new MarkupFormat(
        new MarkupTags("<tool_call>", "</tool_call>", "", "", "", "<arg_key>", "</arg_key>", "</arg_value>") { ValueOpen = "<arg_value>" });

    internal static ICallFormat Hunyuan { get; } = new MarkupFormat(
        new MarkupTags(
            "<tool_calls:opensource>", "</tool_calls:opensource>", "<tool_call:opensource>", "<tool_sep:opensource>", "</tool_call:opensource>",
            "<arg_key:opensource>", "</arg_key:opensource>", "</arg_value:opensource>")
        { ValueOpen = "<arg_value:opensource>" });

    internal static ICallFormat DeepSeek { get; } = new NamedJsonFormat(new NamedJsonMarks(
        ["<｜tool▁calls▁begin｜>"], "<｜tool▁call▁begin｜>", ["<｜tool▁sep｜>", "\n"], "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>")
    {
        Before = "\"function<｜tool▁sep｜>\"", Between = "\"\\n```json\\n\"", After = "\"\\n```\"",
    });

    internal static ICallFormat DeepSeek31 { get; } = new NamedJsonFormat(new NamedJsonMarks(
        ["<｜tool▁calls▁begin｜>"], "<｜tool▁call▁begin｜>", ["<｜tool▁sep｜>", "\n"], "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>")
    {
        Between = "\"<｜tool▁sep｜>\"",
    });

    internal static ICallFormat KimiK2 { get; } = new NamedJsonFormat(new NamedJsonMarks(
        ["<|tool_calls_section_begin|>"], "<|tool_call_begin|>", ["<|tool_call_argument_begin|>"], "<|tool_call_end|>", "<|tool_calls_section_end|>")
    {
        Before = "\"functions.\"", Between = "\":\" [0-9]{1,3} \"<|tool_call_argument_begin|>\"",
    });

    internal static ICallFormat Solar { get; } = new NamedJsonFormat(new NamedJsonMarks(
        ["<|tool_calls|>"], "<|tool_call:begin|>", ["<|tool_call:name|>", "<|tool_call:args|>"], "<|tool_call:end|>", "")
    {
        Before = "[a-z0-9]{10} \"<|tool_call:name|>\"", Between = "\"<|tool_call:args|>\"",
    });

    /// <summary>A name for people, marks that must all be in a template, and the format they tell.</summary>
    private static readonly (string Name, string[] Marks, ICallFormat Format)[] ByMarks =
    [
        ("Kimi K3", ["<|open|>", "open_tag('call'", "open_tag('argument'"], KimiK3),
        ("MiniMax M3", ["]<]minimax[>["], MiniMaxM3),
        ("Seed-OSS", ["<seed:tool_call>", "<function="], SeedOss),
        ("MiniMax", ["<minimax:tool_call>"], MiniMax),
        ("Qwen3-coder", ["<tool_call", "<function=", "<parameter="], QwenCoder),
        ("DeepSeek 3.2", ["｜DSML｜", "function_calls>"], DeepSeekMarkup),
        ("DeepSeek 4", ["｜DSML｜", "tool_calls>"], DeepSeekMarkup4),
        ("DeepSeek 3", ["<｜tool▁call▁begin｜>", "```json"], DeepSeek),
        ("DeepSeek 3.1", ["<｜tool▁call▁begin｜>"], DeepSeek31),
        ("Kimi K2", ["<|tool_call_begin|>", "<|tool_call_argument_begin|>"], KimiK2),
        ("Solar", ["<|tool_call:begin|>"], Solar),
        ("Hunyuan", ["<tool_sep", "<arg_key"], Hunyuan),
        ("GLM", ["<tool_call>", "<arg_key>"], Glm),
        ("Gemma 4", ["<|tool_call>", "<tool_call|>"], Gemma4),
        ("FunctionGemma", ["<start_function_call>"], FunctionGemma),
        ("Mistral", ["[TOOL_CALLS]", "[ARGS]"], Mistral),
        ("Mistral list", ["[TOOL_CALLS]"], MistralList),
        ("Command R7B", ["<|START_ACTION|>"], CommandR),
        ("Command R+", ["Action:", "```json", "<|CHATBOT_TOKEN|>"], CommandRPlus),
        ("LFM2", ["<|tool_call_start|>"], Lfm2),
        ("LFM2", ["<|tool_list_start|>"], Lfm2),
        ("Olmo 3", ["<function_calls>"], Olmo3),
        ("Nemotron", ["<TOOLCALL>"], NemotronList),
        ("Firefunction", ["functools["], Firefunction),
        ("GigaChat", ["<|role_sep|>", "function call"], GigaChat),
        ("tool-calls list", ["<tool_calls>"], ToolCallsList),
        ("Granite 3", ["<|tool_call|>"], Granite),
        ("Hermes", ["<tool_call>"], Hermes),
        ("Llama 3", ["<|python_tag|>"], Llama),
        ("Llama 3", ["\"parameters\"", "<|start_header_id|>"], Llama),
    ];

    /// <summary>PARSER names of the reference (spec/modelfile-and-store.md 3.12).</summary>
    private static readonly Dictionary<string, ICallFormat> ByParser = new(StringComparer.Ordinal)
    {
        ["qwen3"] = Hermes,
        ["qwen3-thinking"] = Hermes,
        ["qwen3-vl-instruct"] = Hermes,
        ["qwen3-vl-thinking"] = Hermes,
        ["cogito"] = Hermes,
        ["glimmer"] = Hermes,
        ["qwen3-coder"] = QwenCoder,
        ["qwen3.5"] = QwenCoder,
        ["ornith"] = QwenCoder,
        ["nemotron-3-nano"] = QwenCoder,
        ["nemotron-3.5-nano"] = QwenCoder,
        ["deepseek3"] = DeepSeek31,
        ["ministral"] = Mistral,
        ["olmo3"] = Olmo3,
        ["gemma4"] = Gemma4,
        ["gemma4-no-thinking"] = Gemma4,
        ["functiongemma"] = FunctionGemma,
        ["glm-4.7"] = Glm,
        ["glm-ocr"] = Glm,
        ["laguna"] = Glm,
        ["poolside-v1"] = Glm,
        ["lfm2"] = Lfm2,
        ["lfm2-thinking"] = Lfm2,
        ["cohere"] = CommandR,
    };

    /// <summary>The format of a named parser, or null.</summary>
    internal static ICallFormat? OfParser(string parser) => ByParser.GetValueOrDefault(parser);

    /// <summary>The format a template shows, or null when it shows none that is known.</summary>
    internal static ICallFormat? OfTemplate(string template) => Find(template).Format;

    /// <summary>Its name for people; empty for none.</summary>
    internal static string NameOf(string template) => IsHarmony(template, "") ? "Harmony" : Find(template).Name ?? "";

    /// <summary>Marks that the models of a template put around every answer.</summary>
    internal static string[] NoiseOf(string template) =>
        template.Contains("<|START_RESPONSE|>", StringComparison.Ordinal) ? ["<|START_RESPONSE|>", "<|END_RESPONSE|>"]
        : template.Contains("open_tag('response')", StringComparison.Ordinal) ? ["<|open|>response<|sep|>", "<|close|>response<|sep|>", "<|close|>message<|sep|>", "<|end_of_msg|>"]
        : [];

    private static (string? Name, string[] Marks, ICallFormat? Format) Find(string template) =>
        Array.Find(ByMarks, row => Array.TrueForAll(row.Marks, mark => template.Contains(mark, StringComparison.Ordinal)));

    /// <summary>The reader of answers with channels is not a format of calls alone.</summary>
    internal static bool IsHarmony(string template, string parser) =>
        parser == "harmony" || (template.Contains("<|channel|>", StringComparison.Ordinal) && template.Contains("<|message|>", StringComparison.Ordinal));
}
