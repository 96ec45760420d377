using System.Collections.Immutable;

namespace ModelOps.Templates.Facts;

/// <summary>The renderers of the reference, which <c>RENDERER</c> names (spec/modelfile-and-store.md 3.12).</summary>
public static class BuiltInRenderers
{
    public static ImmutableArray<string> Names { get; } =
    [
        "qwen3-coder", "qwen3-vl-instruct", "qwen3-vl-thinking", "qwen3.5", "qwen3.8", "ornith", "cogito", "deepseek3.1", "olmo3",
        "olmo3.1",
        "olmo3-think",
        "olmo3-32b-think",
        "nemotron-3-nano",
        "nemotron-3.5-nano",
        "gemma4",
        "gemma4-small",
        "gemma4-large",
        "functiongemma",
        "glm-4.7", "glm-ocr", "lfm2", "lfm2-thinking", "laguna", "poolside-v1", "cohere", "glimmer",
    ];
}
