using ModelOps.Prompting.Grammars;
using ModelOps.Prompting.Parsing;

namespace ModelOps.Prompting.Calls;

/// <summary>Calls of gpt-oss: a message of the commentary channel to a function, perhaps after others.</summary>
internal sealed class HarmonyGrammar : ICallGrammar
{
    private const string End = "<|end|>";

    /// <summary>What begins another message or ends the turn: never inside of a message.</summary>
    private static readonly string[] Others = ["<|start|>", "<|channel|>", "<|message|>", "<|call|>", "<|return|>"];

    internal static HarmonyGrammar Instance { get; } = new();

    public string Opening => "";

    public string Rest(GrammarBuilder builder, CallableTools tools, bool several) =>
        $"({Message(builder, "analysis")})? {Call(builder, tools)}";

    public string Perhaps(GrammarBuilder builder, CallableTools tools, ThinkingMarks? thinking, bool isOpen) =>
        $"({Message(builder, "analysis")} | {Message(builder, "commentary")})* ({Call(builder, tools)} | "
            + $"\"<|channel|>final<|message|>\" {MarkRules.Without(builder, [End, .. Others])})";

    private static string Call(GrammarBuilder builder, CallableTools tools) =>
        tools.Either(
            builder,
            tool =>
                $"{GrammarBuilder.Literal($"<|channel|>commentary to=functions.{tool.Name} <|constrain|>json<|message|>")} "
                    + $"{tools.Arguments(builder, tool)}");

    /// <summary>A message for the user to read, and the beginning of the next.</summary>
    private static string Message(GrammarBuilder builder, string channel) =>
        $"\"<|channel|>{channel}<|message|>\" {MarkRules.Through(builder, End, Others)} \"<|start|>assistant\"";
}
