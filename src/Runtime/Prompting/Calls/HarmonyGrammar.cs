using ModelOps.Runtime.Prompting.Grammars;

namespace ModelOps.Runtime.Prompting.Calls;

/// <summary>Calls of gpt-oss: a message of the commentary channel to a function, perhaps after one of the analysis channel.</summary>
internal sealed class HarmonyGrammar : ICallGrammar
{
    internal static HarmonyGrammar Instance { get; } = new();

    public string Opening => "";

    public string Rest(GrammarBuilder builder, CallableTools tools, bool several)
    {
        var analysis = $"(\"<|channel|>analysis<|message|>\" {MarkRules.Through(builder, "<|end|>")} \"<|start|>assistant\")?";
        var call = tools.Either(builder, tool => $"{GrammarBuilder.Literal($"<|channel|>commentary to=functions.{tool.Name} <|constrain|>json<|message|>")} {tools.Arguments(builder, tool)}");
        return $"{analysis} {call}";
    }
}
