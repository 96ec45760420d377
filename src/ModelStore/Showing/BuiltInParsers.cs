using System.Collections.Frozen;

namespace ModelOps.ModelStore.Showing;

/// <summary>What the built-in parsers, which a configuration names, can tell apart.</summary>
public static class BuiltInParsers
{
    private static readonly FrozenSet<string> ToolsOnly = FrozenSet.Create(
        StringComparer.Ordinal,
        "qwen3", "qwen3-coder", "qwen3-vl-instruct", "ministral", "olmo3", "functiongemma", "glm-ocr", "lfm2", "gemma4-no-thinking");

    private static readonly FrozenSet<string> ToolsAndThinking = FrozenSet.Create(
        StringComparer.Ordinal,
        "qwen3-thinking", "qwen3-vl-thinking", "qwen3.5", "ornith", "cogito", "deepseek3", "nemotron-3-nano", "nemotron-3.5-nano",
        "glm-4.7",
        "gemma4", "lfm2-thinking", "laguna", "poolside-v1", "cohere", "glimmer", "harmony");

    /// <summary>Whether the parser finds tool calls.</summary>
    public static bool HasTools(string parser) => ToolsOnly.Contains(parser) || ToolsAndThinking.Contains(parser);

    /// <summary>Whether the parser finds thinking.</summary>
    public static bool HasThinking(string parser) => ToolsAndThinking.Contains(parser) || parser == "olmo3-think";
}
