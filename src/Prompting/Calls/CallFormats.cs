using System.Collections.Frozen;
using ModelOps.Templates.Facts;

namespace ModelOps.Prompting.Calls;

/// <summary>
/// The formats of calls, by their names. <see cref="CallFormatTable"/> says which templates show them, <see cref="BuiltInParsers"/> which
/// parsers read them.
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
        IsList = true,
        Before = "(\"\\\"tool_call_id\\\": \\\"\" [0-9]{1,3} \"\\\", \")? ",
        NameKey = "tool_name",
        ArgumentsKey = "parameters",
    };

    internal static ICallFormat CommandRPlus { get; } = new TaggedJsonFormat(["Action:\n```json", "Action: ```json"], ["```"])
    {
        IsList = true, NameKey = "tool_name", ArgumentsKey = "parameters",
    };

    internal static ICallFormat GigaChat { get; } = new TaggedJsonFormat(
        ["function call<|role_sep|>\n", "<|function_call|>"], ["<|message_sep|>"]);

    internal static ICallFormat Llama { get; } = new LlamaFormat();

    internal static ICallFormat BareJson { get; } = new TaggedJsonFormat([], [], ";") { BareOpenings = "{", ArgumentsKey = "parameters" };

    internal static ICallFormat Mistral { get; } = new MistralFormat(isList: false);

    internal static ICallFormat MistralList { get; } = new MistralFormat(isList: true);

    internal static ICallFormat Gemma4 { get; } = new GemmaFormat("<|tool_call>", "<tool_call|>", "<|\"|>");

    internal static ICallFormat FunctionGemma { get; } = new GemmaFormat("<start_function_call>", "<end_function_call>", "<escape>");

    internal static ICallFormat Lfm2 { get; } = new PythonFormat(["<|tool_call_start|>"], "<|tool_call_end|>");

    internal static ICallFormat Olmo3 { get; } = new PythonFormat(["<function_calls>"], "</function_calls>") { IsList = false };

    internal static ICallFormat QwenCoder { get; } = new MarkupFormat(
        new MarkupTags(
            "<tool_call>",
            "</tool_call>",
            "<function=",
            ">",
            "</function>",
            "<parameter=",
            ">",
            "</parameter>")
        { IsOpenOptional = true, TrimsLines = true });

    internal static ICallFormat SeedOss { get; } = new MarkupFormat(
        new MarkupTags(
            "<seed:tool_call>",
            "</seed:tool_call>",
            "<function=",
            ">",
            "</function>",
            "<parameter=",
            ">",
            "</parameter>")
        { TrimsLines = true });

    internal static ICallFormat MiniMax { get; } = new MarkupFormat(
        new MarkupTags(
            "<minimax:tool_call>", "</minimax:tool_call>", "<invoke name=\"", "\">", "</invoke>", "<parameter name=\"", "\">",
            "</parameter>"));

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
            "<tool_calls:opensource>",
            "</tool_calls:opensource>",
            "<tool_call:opensource>",
            "<tool_sep:opensource>",
            "</tool_call:opensource>",
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
        ["<|tool_calls_section_begin|>"],
        "<|tool_call_begin|>",
        ["<|tool_call_argument_begin|>"],
        "<|tool_call_end|>",
        "<|tool_calls_section_end|>")
    {
        Before = "\"functions.\"", Between = "\":\" [0-9]{1,3} \"<|tool_call_argument_begin|>\"",
    });

    internal static ICallFormat Solar { get; } = new NamedJsonFormat(new NamedJsonMarks(
        ["<|tool_calls|>"], "<|tool_call:begin|>", ["<|tool_call:name|>", "<|tool_call:args|>"], "<|tool_call:end|>", "")
    {
        Before = "[a-z0-9]{10} \"<|tool_call:name|>\"", Between = "\"<|tool_call:args|>\"",
    });

    private static readonly FrozenDictionary<string, ICallFormat> s_byName = new Dictionary<string, ICallFormat>
    {
        [CallFormatTable.Hermes] = Hermes,
        [CallFormatTable.Granite] = Granite,
        [CallFormatTable.ToolCallsList] = ToolCallsList,
        [CallFormatTable.NemotronList] = NemotronList,
        [CallFormatTable.Firefunction] = Firefunction,
        [CallFormatTable.CommandR] = CommandR,
        [CallFormatTable.CommandRPlus] = CommandRPlus,
        [CallFormatTable.GigaChat] = GigaChat,
        [CallFormatTable.Llama] = Llama,
        [CallFormatTable.Mistral] = Mistral,
        [CallFormatTable.MistralList] = MistralList,
        [CallFormatTable.Gemma4] = Gemma4,
        [CallFormatTable.FunctionGemma] = FunctionGemma,
        [CallFormatTable.Lfm2] = Lfm2,
        [CallFormatTable.Olmo3] = Olmo3,
        [CallFormatTable.QwenCoder] = QwenCoder,
        [CallFormatTable.SeedOss] = SeedOss,
        [CallFormatTable.MiniMax] = MiniMax,
        [CallFormatTable.MiniMaxM3] = MiniMaxM3,
        [CallFormatTable.KimiK3] = KimiK3,
        [CallFormatTable.DeepSeekMarkup] = DeepSeekMarkup,
        [CallFormatTable.DeepSeekMarkup4] = DeepSeekMarkup4,
        [CallFormatTable.Glm] = Glm,
        [CallFormatTable.Hunyuan] = Hunyuan,
        [CallFormatTable.DeepSeek] = DeepSeek,
        [CallFormatTable.DeepSeek31] = DeepSeek31,
        [CallFormatTable.KimiK2] = KimiK2,
        [CallFormatTable.Solar] = Solar,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The format of a named parser, or null.</summary>
    internal static ICallFormat? OfParser(string parser) => OfName(BuiltInParsers.Find(parser)?.CallFormat);

    /// <summary>The format a template shows, or null when it shows none that is known.</summary>
    internal static ICallFormat? OfTemplate(string template) => OfName(CallFormatTable.FormatOf(template));

    /// <summary>Its name for people; empty for none.</summary>
    internal static string NameOf(string template) => IsHarmony(template, "") ? "Harmony" : CallFormatTable.FormatOf(template) ?? "";

    /// <summary>Marks that the models of a template put around every answer.</summary>
    internal static string[] NoiseOf(string template) =>
        template.Contains("<|START_RESPONSE|>", StringComparison.Ordinal) ? ["<|START_RESPONSE|>", "<|END_RESPONSE|>"]
        : template.Contains("open_tag('response')", StringComparison.Ordinal) ? [
            "<|open|>response<|sep|>", "<|close|>response<|sep|>", "<|close|>message<|sep|>", "<|end_of_msg|>",
        ]
        : [];

    /// <summary>The format of a name (<see cref="CallFormatTable"/>); null for none.</summary>
    internal static ICallFormat? OfName(string? name) => name is null ? null : s_byName[name];

    /// <summary>The reader of answers with channels is not a format of calls alone.</summary>
    internal static bool IsHarmony(string template, string parser) =>
        parser == "harmony"
            || (template.Contains("<|channel|>", StringComparison.Ordinal) && template.Contains("<|message|>", StringComparison.Ordinal));
}
