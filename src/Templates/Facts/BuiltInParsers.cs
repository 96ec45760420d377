using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ModelOps.Templates.Facts;

/// <summary>One of the parsers that <c>PARSER</c> names.</summary>
/// <param name="Name">As <c>PARSER</c> has it.</param>
/// <param name="HasTools">It finds calls of tools.</param>
/// <param name="HasThinking">It finds reasoning.</param>
/// <param name="CallFormat">
/// How its models write calls (<see cref="CallFormatTable"/>); null where they write none, or write them in channels of their own.
/// </param>
public sealed record BuiltInParser(string Name, bool HasTools, bool HasThinking, string? CallFormat = null);

/// <summary>The parsers of the reference (spec/modelfile-and-store.md 3.12). Lint, show and prompting read this table.</summary>
public static class BuiltInParsers
{
    public static ImmutableArray<BuiltInParser> All { get; } =
    [
        Tools("qwen3", CallFormatTable.Hermes),
        Tools("qwen3-coder", CallFormatTable.QwenCoder),
        Tools("qwen3-vl-instruct", CallFormatTable.Hermes),
        Tools("ministral", CallFormatTable.Mistral),
        Tools("olmo3", CallFormatTable.Olmo3),
        Tools("functiongemma", CallFormatTable.FunctionGemma),
        Tools("glm-ocr", CallFormatTable.Glm),
        Tools("lfm2", CallFormatTable.Lfm2),
        Tools("gemma4-no-thinking", CallFormatTable.Gemma4),
        Both("qwen3-thinking", CallFormatTable.Hermes),
        Both("qwen3-vl-thinking", CallFormatTable.Hermes),
        Both("qwen3.5", CallFormatTable.QwenCoder),
        Both("ornith", CallFormatTable.QwenCoder),
        Both("cogito", CallFormatTable.Hermes),
        Both("deepseek3", CallFormatTable.DeepSeek31),
        Both("nemotron-3-nano", CallFormatTable.QwenCoder),
        Both("nemotron-3.5-nano", CallFormatTable.QwenCoder),
        Both("glm-4.7", CallFormatTable.Glm),
        Both("gemma4", CallFormatTable.Gemma4),
        Both("lfm2-thinking", CallFormatTable.Lfm2),
        Both("laguna", CallFormatTable.Glm),
        Both("poolside-v1", CallFormatTable.Glm),
        Both("cohere", CallFormatTable.CommandR),
        Both("glimmer", CallFormatTable.Hermes),
        Both("harmony", null),
        new("olmo3-think", HasTools: false, HasThinking: true),
        new("passthrough", HasTools: false, HasThinking: false),
    ];

    private static readonly FrozenDictionary<string, BuiltInParser> s_byName =
        All.ToFrozenDictionary(parser => parser.Name, StringComparer.Ordinal);

    /// <summary>The parser of a name; null where there is none.</summary>
    public static BuiltInParser? Find(string name) => s_byName.GetValueOrDefault(name);

    private static BuiltInParser Tools(string name, string format) => new(name, HasTools: true, HasThinking: false, format);

    private static BuiltInParser Both(string name, string? format) => new(name, HasTools: true, HasThinking: true, format);
}
