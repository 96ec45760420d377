using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Prompting.Calls;

namespace ModelOps.Prompting.Tests.Calls;

/// <summary>
/// How each family of models writes calls, from its chat template and card: the other direction of the parsers, made without them.
/// </summary>
/// <param name="Format">Reads them.</param>
/// <param name="Write">Writes calls as the model would.</param>
/// <param name="End">The mark at the end; empty for none.</param>
/// <param name="IsWhole">Calls are the whole answer, with no text around them.</param>
internal sealed record WrittenCalls(
    ICallFormat Format, Func<IReadOnlyList<(string Name, JsonObject Arguments)>, string> Write, string End, bool IsWhole = false)
{
    internal static IReadOnlyDictionary<string, WrittenCalls> All { get; } = new Dictionary<string, WrittenCalls>(StringComparer.Ordinal)
    {
        ["hermes"] = new(
            CallFormats.Hermes,
            calls => Each(calls, "\n", call => $"<tool_call>\n{Json("name", "arguments", call)}\n</tool_call>"),
            "\n</tool_call>"),
        ["granite"] = new(CallFormats.Granite, calls => $"<|tool_call|>[{Each(calls, ", ", call => Json("name", "arguments", call))}]", ""),
        ["tool-calls list"] = new(
            CallFormats.ToolCallsList,
            calls => $"<tool_calls>[{Each(calls, ", ", call => Json("name", "arguments", call))}]</tool_calls>",
            "</tool_calls>"),
        ["nemotron"] = new(
            CallFormats.NemotronList,
            calls => $"<TOOLCALL>[{Each(calls, ", ", call => Json("name", "arguments", call))}]</TOOLCALL>",
            "</TOOLCALL>"),
        ["firefunction"] = new(
            CallFormats.Firefunction, calls => $"functools[{Each(calls, ", ", call => Json("name", "arguments", call))}]", ""),
        ["command-r"] = new(
            CallFormats.CommandR,
            calls => $"<|START_ACTION|>[\n{Each(calls, ",\n", call => Json("tool_name", "parameters", call))}\n]<|END_ACTION|>",
            "<|END_ACTION|>"),
        ["command-r-plus"] = new(
            CallFormats.CommandRPlus,
            calls => $"Action:\n```json\n[\n{Each(calls, ",\n", call => Json("tool_name", "parameters", call))}\n]```",
            "```"),
        ["llama"] = new(CallFormats.Llama, calls => Each(calls, "; ", call => Json("name", "parameters", call)), "", IsWhole: true),
        ["llama tag"] = new(CallFormats.Llama, calls => $"<|python_tag|>{Each(calls, "; ", call => Json("name", "parameters", call))}", ""),
        ["llama python"] = new(
            CallFormats.Llama, calls => Each(calls, "", call => $"<|python_tag|>{call.Name}.call({Python(call.Arguments)})"), ""),
        ["mistral"] = new(
            CallFormats.Mistral, calls => Each(calls, "", call => $"[TOOL_CALLS]{call.Name}[ARGS]{Compact(call.Arguments)}"), ""),
        ["mistral with id"] = new(
            CallFormats.Mistral,
            calls => Each(calls, "", call => $"[TOOL_CALLS]{call.Name}[CALL_ID]abcDEF123[ARGS]{Compact(call.Arguments)}"),
            ""),
        ["mistral list"] = new(
            CallFormats.MistralList, calls => $"[TOOL_CALLS] [{Each(calls, ", ", call => Json("name", "arguments", call))}]", ""),
        ["gemma 4"] = new(
            CallFormats.Gemma4,
            calls => Each(calls, "", call => $"<|tool_call>call:{call.Name}{Gemma(call.Arguments, "<|\"|>")}<tool_call|>"),
            "<tool_call|>"),
        ["function gemma"] = new(
            CallFormats.FunctionGemma,
            calls => Each(
                calls, "", call => $"<start_function_call>call:{call.Name}{Gemma(call.Arguments, "<escape>")}<end_function_call>"),
            "<end_function_call>"),
        ["lfm2"] = new(
            CallFormats.Lfm2,
            calls => $"<|tool_call_start|>[{Each(calls, ", ", call => $"{call.Name}({Python(call.Arguments)})")}]<|tool_call_end|>",
            "<|tool_call_end|>"),
        ["olmo 3"] = new(
            CallFormats.Olmo3,
            calls => Each(calls, "\n", call => $"<function_calls>{call.Name}({Python(call.Arguments)})</function_calls>"),
            "</function_calls>"),
        ["qwen3-coder"] = new(
            CallFormats.QwenCoder,
            calls => Each(
                calls,
                "\n",
                call =>
                    $"<tool_call>\n{Functions(call, "<function=", ">\n", "<parameter=", ">\n", "\n</parameter>\n")}</function>\n</tool_call>"),
            "\n</tool_call>"),
        ["qwen3-coder bare"] = new(
            CallFormats.QwenCoder,
            calls => Each(
                calls, "\n", call => $"{Functions(call, "<function=", ">\n", "<parameter=", ">\n", "\n</parameter>\n")}</function>"),
            "</function>")
        { IsEndNeeded = true },
        ["seed-oss"] = new(
            CallFormats.SeedOss,
            calls => Each(
                calls,
                "\n",
                call =>
                    $"<seed:tool_call>\n{Functions(call, "<function=", ">\n", "<parameter=", ">", "</parameter>\n")}</function>\n</seed:tool_call>"),
            "\n</seed:tool_call>"),
        ["minimax"] = new(
            CallFormats.MiniMax,
            calls =>
                $"<minimax:tool_call>\n{Each(calls, "\n", call => $"{Functions(call, "<invoke name=\"", "\">\n", "<parameter name=\"", "\">", "</parameter>\n")}</invoke>")}\n</minimax:tool_call>",
            "\n</minimax:tool_call>"),
        ["minimax m3"] = new(
            CallFormats.MiniMaxM3,
            calls =>
                $"]<]minimax[>[<tool_call>\n{Each(calls, "", call => $"]<]minimax[>[<invoke name=\"{call.Name}\">{Nested(call.Arguments)}]<]minimax[>[</invoke>\n")}]<]minimax[>[</tool_call>",
            "]<]minimax[>[</tool_call>"),
        ["kimi k3"] = new(
            CallFormats.KimiK3,
            calls =>
                $"<|open|>tools<|sep|>{string.Concat(calls.Select((call, index) => $"<|open|>call tool=\"{call.Name}\" index=\"{index + 1}\"<|sep|>{string.Concat(call.Arguments.Select(KimiArgument))}<|close|>call<|sep|>"))}<|close|>tools<|sep|>",
            "<|close|>tools<|sep|>"),
        ["deepseek 3.2"] = new(
            CallFormats.DeepSeekMarkup,
            calls =>
                $"<｜DSML｜function_calls>\n{Each(calls, "\n", call => $"<｜DSML｜invoke name=\"{call.Name}\">\n{string.Concat(call.Arguments.Select(Typed))}</｜DSML｜invoke>")}\n</｜DSML｜function_calls>",
            "\n</｜DSML｜function_calls>"),
        ["glm"] = new(
            CallFormats.Glm,
            calls => Each(calls, "\n", call => $"<tool_call>{call.Name}\n{Pairs(call.Arguments, "")}</tool_call>"),
            "</tool_call>")
        { IsEndNeeded = true },
        ["hunyuan"] = new(
            CallFormats.Hunyuan,
            calls =>
                $"<tool_calls:opensource>\n{Each(calls, "\n", call => $"<tool_call:opensource>{call.Name}<tool_sep:opensource>\n{Pairs(call.Arguments, ":opensource")}</tool_call:opensource>")}\n</tool_calls:opensource>",
            "\n</tool_calls:opensource>"),
        ["deepseek 3"] = new(
            CallFormats.DeepSeek,
            calls =>
                $"<｜tool▁calls▁begin｜>{Each(calls, "\n", call => $"<｜tool▁call▁begin｜>function<｜tool▁sep｜>{call.Name}\n```json\n{Compact(call.Arguments)}\n```<｜tool▁call▁end｜>")}<｜tool▁calls▁end｜>",
            "<｜tool▁calls▁end｜>"),
        ["deepseek 3.1"] = new(
            CallFormats.DeepSeek31,
            calls =>
                $"<｜tool▁calls▁begin｜>{Each(calls, "", call => $"<｜tool▁call▁begin｜>{call.Name}<｜tool▁sep｜>{Compact(call.Arguments)}<｜tool▁call▁end｜>")}<｜tool▁calls▁end｜>",
            "<｜tool▁calls▁end｜>"),
        ["kimi k2"] = new(
            CallFormats.KimiK2,
            calls =>
                $"<|tool_calls_section_begin|>{string.Concat(calls.Select((call, index) => $"<|tool_call_begin|>functions.{call.Name}:{index}<|tool_call_argument_begin|>{Compact(call.Arguments)}<|tool_call_end|>"))}<|tool_calls_section_end|>",
            "<|tool_calls_section_end|>"),
        ["solar"] = new(
            CallFormats.Solar,
            calls =>
                $"<|tool_calls|>{Each(calls, "", call => $"<|tool_call:begin|>x1y2z3a4b5<|tool_call:name|>{call.Name}<|tool_call:args|>{Compact(call.Arguments)}<|tool_call:end|>")}",
            "<|tool_call:end|>"),
        ["generic tag"] = new(
            new GenericFormat("<call>"), calls => Each(calls, "\n", call => $"<call>{Json("name", "arguments", call)}</call>"), "</call>"),
        ["generic object"] = new(
            new GenericFormat("{"), calls => Each(calls, "\n", call => Json("name", "parameters", call)), "", IsWhole: true),
        ["generic list"] = new(
            new GenericFormat("["), calls => $"[{Each(calls, ", ", call => Json("name", "parameters", call))}]", "", IsWhole: true),
    };

    /// <summary>Nothing else tells that the last argument was told: without its end mark a call is unfinished.</summary>
    internal bool IsEndNeeded { get; init; }

    private static string Each(
        IReadOnlyList<(string Name, JsonObject Arguments)> calls, string separator,
        Func<(string Name, JsonObject Arguments), string> write) =>
        string.Join(separator, calls.Select(write));

    private static string Compact(JsonNode? value) =>
        value?.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
            ?? "null";

    private static string Json(string name, string arguments, (string Name, JsonObject Arguments) call) =>
        $"{{\"{name}\": \"{call.Name}\", \"{arguments}\": {Compact(call.Arguments)}}}";

    /// <summary>Bare text for text, JSON for the rest.</summary>
    private static string Bare(JsonNode? value) =>
        value is JsonValue text && text.GetValueKind() == JsonValueKind.String ? (string)text! : Compact(value);

    private static string Functions(
        (string Name, JsonObject Arguments) call, string open, string nameEnd, string parameter, string parameterEnd, string valueEnd) =>
        $"{open}{call.Name}{nameEnd}{string.Concat(call.Arguments.Select(one => $"{parameter}{one.Key}{parameterEnd}{Bare(one.Value)}{valueEnd}"))}";

    private static string Pairs(JsonObject arguments, string suffix) =>
        string.Concat(
            arguments.Select(
                one => $"<arg_key{suffix}>{one.Key}</arg_key{suffix}>\n<arg_value{suffix}>{Bare(one.Value)}</arg_value{suffix}>\n"));

    private static string Typed(KeyValuePair<string, JsonNode?> one)
    {
        var isText = one.Value?.GetValueKind() == JsonValueKind.String;
        return $"<｜DSML｜parameter name=\"{one.Key}\" string=\"{(isText ? "true" : "false")}\">{Bare(one.Value)}</｜DSML｜parameter>\n";
    }

    private static string KimiArgument(KeyValuePair<string, JsonNode?> one)
    {
        var type = one.Value?.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.Number => "number",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            _ => "null",
        };
        return $"<|open|>argument key=\"{one.Key}\" type=\"{type}\"<|sep|>{Bare(one.Value)}<|close|>argument<|sep|>";
    }

    private static string Nested(JsonNode? value) => value switch
    {
        JsonObject members => string.Concat(members.Select(one => $"]<]minimax[>[<{one.Key}>{Nested(one.Value)}]<]minimax[>[</{one.Key}>")),
        JsonArray items => string.Concat(items.Select(item => $"]<]minimax[>[<item>{Nested(item)}]<]minimax[>[</item>")),
        _ => Bare(value),
    };

    private static string Gemma(JsonNode? value, string quote) => value switch
    {
        JsonObject members => "{" + string.Join(',', members.Select(one => $"{one.Key}:{Gemma(one.Value, quote)}")) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(item => Gemma(item, quote))) + "]",
        JsonValue text when text.GetValueKind() == JsonValueKind.String => quote + (string)text! + quote,
        _ => Compact(value),
    };

    private static string Python(JsonObject arguments) => string.Join(", ", arguments.Select(one => $"{one.Key}={PythonValue(one.Value)}"));

    private static string PythonValue(JsonNode? value) => value switch
    {
        null => "None",
        JsonObject members => "{" + string.Join(", ", members.Select(one => $"{Compact(one.Key)}: {PythonValue(one.Value)}")) + "}",
        JsonArray items => "[" + string.Join(", ", items.Select(PythonValue)) + "]",
        _ when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>() ? "True" : "False",
        _ when value.GetValueKind() == JsonValueKind.Number => Convert.ToString(value.GetValue<double>(), CultureInfo.InvariantCulture),
        _ => Compact(value),
    };
}
