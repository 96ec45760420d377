using System.Collections.Immutable;
using System.Text;
using ModelOps.Prompting.Events;
using ModelOps.Templates.Chat;

namespace ModelOps.Http.Replies;

/// <summary>Everything that came so far, for replies in one piece.</summary>
internal sealed class CollectedAnswer
{
    private readonly StringBuilder _content = new();
    private readonly StringBuilder _thinking = new();

    internal string Content => _content.ToString();

    internal string Thinking => _thinking.ToString();

    internal bool HasContent => _content.Length > 0;

    internal List<TokenLogprob> Logprobs { get; } = [];

    internal List<ToolCall> Calls { get; } = [];

    /// <summary>Why it ended; null until it has.</summary>
    internal FinishReason? Reason { get; set; }

    internal void Add(InferenceEvent.Delta delta)
    {
        _content.Append(delta.Content);
        _thinking.Append(delta.Thinking);
        if (!delta.Logprobs.IsDefaultOrEmpty)
            Logprobs.AddRange(delta.Logprobs);
    }

    internal void Add(ImmutableArray<ToolCall> calls) => Calls.AddRange(calls);

    internal void Add(InferenceEvent.ToolCalls calls)
    {
        Calls.AddRange(calls.Calls);
        Logprobs.AddRange(calls.Logprobs);
    }
}
