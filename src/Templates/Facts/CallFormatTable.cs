using System.Collections.Immutable;

namespace ModelOps.Templates.Facts;

/// <summary>
/// The ways in which models write calls of tools, by their common names, and how a template shows which it is: it has the
/// marks that its model was trained on, so the marks in its text decide. A row whose marks others contain comes behind those. Formats and
/// marks: the chat templates and cards of the models.
/// </summary>
public static class CallFormatTable
{
    public const string CommandR = "Command R7B";
    public const string CommandRPlus = "Command R+";
    public const string DeepSeek = "DeepSeek 3";
    public const string DeepSeek31 = "DeepSeek 3.1";
    public const string DeepSeekMarkup = "DeepSeek 3.2";
    public const string DeepSeekMarkup4 = "DeepSeek 4";
    public const string Firefunction = "Firefunction";
    public const string FunctionGemma = "FunctionGemma";
    public const string Gemma4 = "Gemma 4";
    public const string GigaChat = "GigaChat";
    public const string Glm = "GLM";
    public const string Granite = "Granite 3";
    public const string Hermes = "Hermes";
    public const string Hunyuan = "Hunyuan";
    public const string KimiK2 = "Kimi K2";
    public const string KimiK3 = "Kimi K3";
    public const string Lfm2 = "LFM2";
    public const string Llama = "Llama 3";
    public const string MiniMax = "MiniMax";
    public const string MiniMaxM3 = "MiniMax M3";
    public const string Mistral = "Mistral";
    public const string MistralList = "Mistral list";
    public const string NemotronList = "Nemotron";
    public const string Olmo3 = "Olmo 3";
    public const string QwenCoder = "Qwen3-coder";
    public const string SeedOss = "Seed-OSS";
    public const string Solar = "Solar";
    public const string ToolCallsList = "tool-calls list";

    /// <summary>A format, and marks that must all be in a template.</summary>
    private static readonly (string Format, string[] Marks)[] Rows =
    [
        (KimiK3, ["<|open|>", "open_tag('call'", "open_tag('argument'"]),
        (MiniMaxM3, ["]<]minimax[>["]),
        (SeedOss, ["<seed:tool_call>", "<function="]),
        (MiniMax, ["<minimax:tool_call>"]),
        (QwenCoder, ["<tool_call", "<function=", "<parameter="]),
        (DeepSeekMarkup, ["｜DSML｜", "function_calls>"]),
        (DeepSeekMarkup4, ["｜DSML｜", "tool_calls>"]),
        (DeepSeek, ["<｜tool▁call▁begin｜>", "```json"]),
        (DeepSeek31, ["<｜tool▁call▁begin｜>"]),
        (KimiK2, ["<|tool_call_begin|>", "<|tool_call_argument_begin|>"]),
        (Solar, ["<|tool_call:begin|>"]),
        (Hunyuan, ["<tool_sep", "<arg_key"]),
        (Glm, ["<tool_call>", "<arg_key>"]),
        (Gemma4, ["<|tool_call>", "<tool_call|>"]),
        (FunctionGemma, ["<start_function_call>"]),
        (Mistral, ["[TOOL_CALLS]", "[ARGS]"]),
        (MistralList, ["[TOOL_CALLS]"]),
        (CommandR, ["<|START_ACTION|>"]),
        (CommandRPlus, ["Action:", "```json", "<|CHATBOT_TOKEN|>"]),
        (Lfm2, ["<|tool_call_start|>"]),
        (Lfm2, ["<|tool_list_start|>"]),
        (Olmo3, ["<function_calls>"]),
        (NemotronList, ["<TOOLCALL>"]),
        (Firefunction, ["functools["]),
        (GigaChat, ["<|role_sep|>", "function call"]),
        (ToolCallsList, ["<tool_calls>"]),
        (Granite, ["<|tool_call|>"]),
        (Hermes, ["<tool_call>"]),
        (Llama, ["<|python_tag|>"]),
        (Llama, ["\"parameters\"", "<|start_header_id|>"]),
    ];

    /// <summary>Every format that a template can show.</summary>
    public static ImmutableArray<string> Formats { get; } = [.. Rows.Select(row => row.Format).Distinct(StringComparer.Ordinal)];

    /// <summary>Name of the format that a template shows; null where it shows none that is known.</summary>
    public static string? FormatOf(string template) =>
        Array.Find(Rows, row => Array.TrueForAll(row.Marks, mark => template.Contains(mark, StringComparison.Ordinal))).Format;
}
