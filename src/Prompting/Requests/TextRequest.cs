using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Requests;

/// <summary>What chat and generate share.</summary>
public abstract record TextRequest : InferenceRequest
{
    /// <summary><c>"json"</c>, a JSON Schema object, or Undefined (5.7).</summary>
    public JsonElement Format { get; init; }

    /// <summary>Raw GBNF the answer must follow; null for none. At most one of this and <see cref="Format"/>.</summary>
    public string? Grammar { get; init; }

    /// <summary>Think aloud (5.9).</summary>
    public ThinkSetting Think { get; init; }

    /// <summary>A model that cannot think answers without; otherwise asking it to is refused.</summary>
    public bool ThinkIfAble { get; init; }

    /// <summary>Shift a full context; null is the model's default (5.5).</summary>
    public bool? Shift { get; init; }

    /// <summary>Report log probabilities (5.10).</summary>
    public bool Logprobs { get; init; }

    /// <summary>Alternatives per token, 0 to 20.</summary>
    public int TopLogprobs { get; init; }

    /// <summary>Added to the logits of single tokens (OpenAI's <c>logit_bias</c>).</summary>
    public ImmutableDictionary<int, float> LogitBias { get; init; } = ImmutableDictionary<int, float>.Empty;

    /// <summary>Only render the prompt (5.12).</summary>
    public bool DebugRenderOnly { get; init; }

    /// <summary>
    /// Which of several answers to one prompt this is, from 0. Added to a fixed seed, wherever that comes from: the answers differ,
    /// and come again the same.
    /// </summary>
    public int Sample { get; init; }
}
