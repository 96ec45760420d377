using System.Collections.Immutable;

namespace ModelOps.Templates.Facts;

/// <summary>
/// Which format of calls a template shows. A template has the marks that its model was trained on, so the marks in its text decide. A
/// row whose marks are also among those of another row comes after it. Formats and marks: the chat templates and cards of the models.
/// </summary>
public static class CallMarks
{
    /// <summary>A format, and marks that must all be in a template.</summary>
    private static readonly (string Format, string[] Marks)[] Rows =
    [
        (CallFormatNames.KimiK3, ["<|open|>", "open_tag('call'", "open_tag('argument'"]),
        (CallFormatNames.MiniMaxM3, ["]<]minimax[>["]),
        (CallFormatNames.SeedOss, ["<seed:tool_call>", "<function="]),
        (CallFormatNames.MiniMax, ["<minimax:tool_call>"]),
        (CallFormatNames.QwenCoder, ["<tool_call", "<function=", "<parameter="]),
        (CallFormatNames.DeepSeekMarkup, ["｜DSML｜", "function_calls>"]),
        (CallFormatNames.DeepSeekMarkup4, ["｜DSML｜", "tool_calls>"]),
        (CallFormatNames.DeepSeek, ["<｜tool▁call▁begin｜>", "```json"]),
        (CallFormatNames.DeepSeek31, ["<｜tool▁call▁begin｜>"]),
        (CallFormatNames.KimiK2, ["<|tool_call_begin|>", "<|tool_call_argument_begin|>"]),
        (CallFormatNames.Solar, ["<|tool_call:begin|>"]),
        (CallFormatNames.Hunyuan, ["<tool_sep", "<arg_key"]),
        (CallFormatNames.Glm, ["<tool_call>", "<arg_key>"]),
        (CallFormatNames.Gemma4, ["<|tool_call>", "<tool_call|>"]),
        (CallFormatNames.FunctionGemma, ["<start_function_call>"]),
        (CallFormatNames.Mistral, ["[TOOL_CALLS]", "[ARGS]"]),
        (CallFormatNames.MistralList, ["[TOOL_CALLS]"]),
        (CallFormatNames.CommandR, ["<|START_ACTION|>"]),
        (CallFormatNames.CommandRPlus, ["Action:", "```json", "<|CHATBOT_TOKEN|>"]),
        (CallFormatNames.Lfm2, ["<|tool_call_start|>"]),
        (CallFormatNames.Lfm2, ["<|tool_list_start|>"]),
        (CallFormatNames.Olmo3, ["<function_calls>"]),
        (CallFormatNames.NemotronList, ["<TOOLCALL>"]),
        (CallFormatNames.Firefunction, ["functools["]),
        (CallFormatNames.GigaChat, ["<|role_sep|>", "function call"]),
        (CallFormatNames.ToolCallsList, ["<tool_calls>"]),
        (CallFormatNames.Granite, ["<|tool_call|>"]),
        (CallFormatNames.Hermes, ["<tool_call>"]),
        (CallFormatNames.Llama, ["<|python_tag|>"]),
        (CallFormatNames.Llama, ["\"parameters\"", "<|start_header_id|>"]),
    ];

    /// <summary>Every format that a template can show.</summary>
    public static ImmutableArray<string> Formats { get; } = [.. Rows.Select(row => row.Format).Distinct(StringComparer.Ordinal)];

    /// <summary>Name of the format that a template shows; null where it shows none that is known.</summary>
    public static string? FormatOf(string template) =>
        Array.Find(Rows, row => Array.TrueForAll(row.Marks, mark => template.Contains(mark, StringComparison.Ordinal))).Format;
}
