using ModelOps.Http.Replies;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.OpenAi;

/// <summary>OpenAI's word for why an answer ended.</summary>
internal static class FinishWord
{
    internal static string Of(FinishReason reason, bool hasCalls) =>
        reason == FinishReason.Stop && hasCalls ? "tool_calls" : AnswerJson.Word(reason);
}
