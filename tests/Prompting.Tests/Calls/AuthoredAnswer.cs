using System.Text.Json;
using ModelOps.Prompting.Calls;
using ModelOps.Prompting.Parsing;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Tests.Calls;

/// <summary>
/// An answer written by hand as the documentation of a format shows them, and what it means. <c>⏎</c> stands for a line break.
/// </summary>
/// <param name="Story">What it is about.</param>
/// <param name="Text">As the model says it.</param>
/// <param name="Content">What is left as content.</param>
/// <param name="Thinking">What is reasoning.</param>
/// <param name="Calls">Each as a name, a blank and its arguments as JSON.</param>
internal sealed record AuthoredAnswer(string Story, string Text, string Content, string Thinking, params string[] Calls)
{
    internal static ToolSet Tools { get; } = new(
    [
        Declare(
            """{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"},"where":{"type":"object"}}}}"""),
        Declare("""{"name":"run_code","parameters":{"type":"object","properties":{"code":{"type":"string"}}}}"""),
        Declare("""{"name":"now","parameters":{"type":"object","properties":{}}}"""),
    ]);

    /// <summary>Every format with its reader and its answers.</summary>
    internal static IReadOnlyDictionary<string, (Func<IOutputParser> Reader, AuthoredAnswer[] Answers)> All { get; } =
        new Dictionary<string, (Func<IOutputParser>, AuthoredAnswer[])>(StringComparer.Ordinal)
        {
            ["Hermes and Qwen"] = (Thinker(CallFormats.Hermes), AuthoredJsonAnswers.Hermes),
            ["Llama 3 JSON"] = (Thinker(CallFormats.Llama), AuthoredJsonAnswers.Llama),
            ["Llama 3 python_tag"] = (Thinker(CallFormats.Llama), AuthoredMarkupAnswers.PythonTag),
            ["Mistral"] = (Thinker(CallFormats.Mistral, "[THINK]", "[/THINK]"), AuthoredJsonAnswers.Mistral),
            ["Command-R"] = (Thinker(CallFormats.CommandR, "<|START_THINKING|>", "<|END_THINKING|>"), AuthoredJsonAnswers.CommandR),
            ["DeepSeek"] = (Thinker(CallFormats.DeepSeek), AuthoredJsonAnswers.DeepSeek),
            ["Granite"] = (Thinker(CallFormats.Granite), AuthoredJsonAnswers.Granite),
            ["Generic JSON"] = (Thinker(new GenericFormat("{")), AuthoredJsonAnswers.Generic),
            ["Qwen3-coder"] = (Thinker(CallFormats.QwenCoder), AuthoredMarkupAnswers.QwenCoder),
            ["GLM"] = (Thinker(CallFormats.Glm), AuthoredMarkupAnswers.Glm),
            ["Gemma"] = (Thinker(CallFormats.Gemma4, "<|channel>thought", "<channel|>"), AuthoredMarkupAnswers.Gemma),
            ["gpt-oss"] = (() => new HarmonyParser(Tools), AuthoredMarkupAnswers.Harmony),
        };

    private static Func<IOutputParser> Thinker(ICallFormat format, string open = "<think>", string close = "</think>") =>
        () => new ThinkingParser(open, close, isOpen: false, new CallParser(format, Tools));

    private static Tool Declare(string function) => new(JsonElement.Parse($$"""{"type":"function","function":{{function}}}"""));
}
