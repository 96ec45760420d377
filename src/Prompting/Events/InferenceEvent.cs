using System.Collections.Immutable;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Events;

/// <summary>What comes out of a request, in order.</summary>
public abstract record InferenceEvent
{
    private InferenceEvent()
    {
    }

    /// <summary>First: the request was admitted and a build is fixed. Headers can be written from it.</summary>
    /// <param name="ServedBy">The build that answers.</param>
    /// <param name="IgnoredSettings">
    /// Client settings that the policy of a managed model overrode (<c>keep_alive</c>, <c>num_ctx</c>, …), and load options of client
    /// or Modelfile that were cut to what the model, the engine or the machine has (<c>num_thread</c>, …).
    /// </param>
    /// <param name="DroppedMessages">How many messages were cut from the prompt to make it fit.</param>
    public sealed record Admitted(ServedBy ServedBy, ImmutableArray<string> IgnoredSettings, int DroppedMessages) : InferenceEvent
    {
        /// <summary>How many tokens were cut out of the middle of the prompt, because no message could go any more.</summary>
        public int CutTokens { get; init; }

        /// <summary>The text of a prompt that came as tokens; empty for any other.</summary>
        public string PromptText { get; init; } = "";
    }

    /// <summary>The next tokens of the prompt, before any piece of the answer; only with <c>GenerateRequest.PromptLogprobs</c>.</summary>
    public sealed record PromptTokens(ImmutableArray<PromptToken> Tokens) : InferenceEvent;

    /// <summary>A piece of the answer; any of the two texts may be empty.</summary>
    public sealed record Delta(string Content, string Thinking, ImmutableArray<TokenLogprob> Logprobs) : InferenceEvent;

    /// <summary>Complete tool calls.</summary>
    public sealed record ToolCalls(ImmutableArray<ToolCall> Calls) : InferenceEvent
    {
        /// <summary>
        /// Probabilities of the tokens that completed them, where no text came with those; empty unless they were asked for.
        /// </summary>
        public ImmutableArray<TokenLogprob> Logprobs { get; init; } = [];

        /// <summary>
        /// The reference sends them on the last line of an <c>/api/chat</c> stream (native path, 5.1) and not on a line of their own.
        /// </summary>
        public bool OnLastLine { get; init; }
    }

    /// <summary>Only with <c>TextRequest.DebugRenderOnly</c>: the prompt that would go to the engine.</summary>
    /// <param name="Prompt">As text.</param>
    /// <param name="Images">How many images are with it.</param>
    /// <param name="Tokens">How many tokens it has, special ones included.</param>
    public sealed record Rendered(string Prompt, int Images, int Tokens) : InferenceEvent;

    /// <summary>Last.</summary>
    /// <param name="Reason">Why it ended.</param>
    /// <param name="Metrics">Counts and times; all zero for load and unload.</param>
    /// <param name="Context">Generate only: tokens of prompt and answer (5.4).</param>
    public sealed record Finished(FinishReason Reason, InferenceMetrics Metrics, ImmutableArray<int> Context) : InferenceEvent;
}
