using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Runtime.Engines;
using ModelOps.Templates.Chat;

namespace ModelOps.Runtime.Serving;

/// <summary>What the HTTP surfaces ask of the runtime. All surfaces use these few calls; each maps them to its own wire format.</summary>
public interface IInference
{
    /// <summary>Answers a chat. The sequence is any number of <see cref="InferenceEvent"/>s that ends with one <see cref="InferenceEvent.Finished"/>.</summary>
    /// <exception cref="InferenceException">Refused or failed; carries the HTTP status and the reference's text.</exception>
    IAsyncEnumerable<InferenceEvent> ChatAsync(ChatRequest request, CancellationToken cancellationToken);

    /// <summary>Completes a prompt (with the model's template, raw, or fill-in-the-middle).</summary>
    /// <exception cref="InferenceException">As above.</exception>
    IAsyncEnumerable<InferenceEvent> GenerateAsync(GenerateRequest request, CancellationToken cancellationToken);

    /// <summary>Embeds texts.</summary>
    /// <exception cref="InferenceException">As above.</exception>
    Task<EmbedOutcome> EmbedAsync(EmbedRequest request, CancellationToken cancellationToken);

    /// <summary>Tells how well documents answer a query.</summary>
    /// <exception cref="InferenceException">As above; 501 when the model does not rank.</exception>
    Task<RerankOutcome> RerankAsync(RerankRequest request, CancellationToken cancellationToken);
}

/// <summary>What every inference request has. Names and defaults: spec/http-apis.md 2.</summary>
public abstract record InferenceRequest
{
    /// <summary>Name as the client sent it (not parsed, not canonical).</summary>
    public required string Model { get; init; }

    /// <summary>The <c>options</c> object as sent; Undefined when absent. Types are checked by the runtime (5.6).</summary>
    public JsonElement Options { get; init; }

    /// <summary>How long the model stays after this request; null when the client did not say, <see cref="TimeSpan.MaxValue"/> for ever.</summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>Cut what does not fit (5.5). Null is the default, true.</summary>
    public bool? Truncate { get; init; }
}

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
    /// Which of several answers to one prompt this is, from 0. Added to a fixed seed, wherever that comes from: the answers differ, and come
    /// again the same.
    /// </summary>
    public int Sample { get; init; }
}

/// <summary>A chat.</summary>
public sealed record ChatRequest : TextRequest
{
    /// <summary>The conversation; empty asks to load or unload.</summary>
    public ImmutableArray<ChatMessage> Messages { get; init; } = [];

    /// <summary>Tools on offer; <c>default</c> when the key was absent, empty when it was an empty list.</summary>
    public ImmutableArray<Tool> Tools { get; init; }

    /// <summary>Whether a tool must, may or must not be called.</summary>
    public ToolChoice ToolChoice { get; init; } = ToolChoice.Auto;
}

/// <summary>OpenAI's <c>tool_choice</c>.</summary>
/// <param name="Kind">Which of the four.</param>
/// <param name="Name">With <see cref="ToolChoiceKind.Named"/>: the tool.</param>
public sealed record ToolChoice(ToolChoiceKind Kind, string Name = "")
{
    /// <summary>The model decides.</summary>
    public static ToolChoice Auto { get; } = new(ToolChoiceKind.Auto);
}

/// <summary>The four forms of a tool choice.</summary>
public enum ToolChoiceKind
{
    /// <summary>The model decides.</summary>
    Auto,

    /// <summary>No call; the tools are not shown to the model.</summary>
    None,

    /// <summary>At least one call, enforced by a grammar.</summary>
    Required,

    /// <summary>A call of one tool, enforced by a grammar.</summary>
    Named,
}

/// <summary>A completion of one prompt.</summary>
public sealed record GenerateRequest : TextRequest
{
    /// <summary>The prompt; empty asks to load or unload.</summary>
    public string Prompt { get; init; } = "";

    /// <summary>
    /// The prompt as the model's own tokens, used instead of <see cref="Prompt"/> when not empty. They are read as the text that they stand
    /// for, and that takes the way of any prompt. One that the model does not know is refused with 400.
    /// </summary>
    public ImmutableArray<int> PromptTokens { get; init; } = [];

    /// <summary>Text after the gap (fill-in-the-middle).</summary>
    public string Suffix { get; init; } = "";

    /// <summary>Replaces the model's SYSTEM when not empty.</summary>
    public string System { get; init; } = "";

    /// <summary>Replaces the model's TEMPLATE when not empty.</summary>
    public string Template { get; init; } = "";

    /// <summary>Token history of an earlier answer (5.4).</summary>
    public ImmutableArray<int> Context { get; init; } = [];

    /// <summary>No template at all (5.2).</summary>
    public bool Raw { get; init; }

    /// <summary>Attached images.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Images { get; init; } = [];

    /// <summary>
    /// Tell the tokens of the prompt and how likely each was, with as many alternatives as those of the answer have. Refused with 400 where
    /// the template changes the prompt, and where it does not fit the context.
    /// </summary>
    public bool PromptLogprobs { get; init; }

    /// <summary>There is nothing to complete.</summary>
    internal bool IsEmpty => Prompt.Length == 0 && PromptTokens.IsEmpty;
}

/// <summary>Texts to embed (7).</summary>
public sealed record EmbedRequest : InferenceRequest
{
    /// <summary>The texts; empty asks to load.</summary>
    public ImmutableArray<string> Inputs { get; init; } = [];

    /// <summary>Cut vectors to this length; 0 is the native one.</summary>
    public int Dimensions { get; init; }

    /// <summary>The legacy endpoint: one text, not normalised, names not canonicalised.</summary>
    public bool Legacy { get; init; }
}

/// <summary>The vectors and what they took.</summary>
public sealed record EmbedOutcome(
    ImmutableArray<ImmutableArray<float>> Embeddings, int PromptTokens, TimeSpan TotalTime, TimeSpan LoadTime, ServedBy ServedBy)
{
    /// <summary>As <see cref="InferenceEvent.Admitted.IgnoredSettings"/>.</summary>
    public ImmutableArray<string> IgnoredSettings { get; init; } = [];
}

/// <summary>A query and the documents to put into order by it.</summary>
public sealed record RerankRequest : InferenceRequest
{
    /// <summary>What is looked for.</summary>
    public required string Query { get; init; }

    /// <summary>At least one.</summary>
    public required ImmutableArray<string> Documents { get; init; }
}

/// <summary>One score a document, in their order and on the model's own scale; higher answers better.</summary>
public sealed record RerankOutcome(ImmutableArray<float> Scores, int PromptTokens, ServedBy ServedBy)
{
    /// <summary>As <see cref="InferenceEvent.Admitted.IgnoredSettings"/>.</summary>
    public ImmutableArray<string> IgnoredSettings { get; init; } = [];
}

/// <summary>Which build answered, for the <c>x-modelops-…</c> headers.</summary>
/// <param name="Revision">Revision of a managed model; empty for an unmanaged one.</param>
/// <param name="BuildDigest">Manifest digest, bare hex.</param>
public sealed record ServedBy(string Revision, string BuildDigest);

/// <summary>What comes out of a request, in order.</summary>
public abstract record InferenceEvent
{
    private InferenceEvent()
    {
    }

    /// <summary>First: the request was admitted and a build is fixed. Headers can be written from it.</summary>
    /// <param name="ServedBy">The build that answers.</param>
    /// <param name="IgnoredSettings">
    /// Client settings that the policy of a managed model overrode (<c>keep_alive</c>, <c>num_ctx</c>, …), and load options of client or Modelfile
    /// that were cut to what the model, the engine or the machine has (<c>num_thread</c>, …).
    /// </param>
    /// <param name="DroppedMessages">How many messages were cut from the prompt to make it fit.</param>
    public sealed record Admitted(ServedBy ServedBy, ImmutableArray<string> IgnoredSettings, int DroppedMessages) : InferenceEvent
    {
        /// <summary>How many tokens were cut out of the middle of the prompt, because no message could go any more.</summary>
        public int CutTokens { get; init; }

        /// <summary>The text of a prompt that came as tokens; empty for any other.</summary>
        public string PromptText { get; init; } = "";
    }

    /// <summary>The next tokens of the prompt, before any piece of the answer; only with <see cref="GenerateRequest.PromptLogprobs"/>.</summary>
    public sealed record PromptTokens(ImmutableArray<PromptToken> Tokens) : InferenceEvent;

    /// <summary>A piece of the answer; any of the two texts may be empty.</summary>
    public sealed record Delta(string Content, string Thinking, ImmutableArray<TokenLogprob> Logprobs) : InferenceEvent;

    /// <summary>Complete tool calls.</summary>
    public sealed record ToolCalls(ImmutableArray<ToolCall> Calls) : InferenceEvent
    {
        /// <summary>Probabilities of the tokens that completed them, where no text came with those; empty unless they were asked for.</summary>
        public ImmutableArray<TokenLogprob> Logprobs { get; init; } = [];

        /// <summary>
        /// The reference tells them on the last line of an <c>/api/chat</c> stream (native path, 5.1) and not on one of their own.
        /// </summary>
        public bool OnLastLine { get; init; }
    }

    /// <summary>Only with <see cref="TextRequest.DebugRenderOnly"/>: the prompt that would go to the engine.</summary>
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

/// <summary>A token that lies within the prompt that was sent.</summary>
/// <param name="Token">How likely it was behind all that is before it, the template's text included; 0 where nothing is before it.</param>
/// <param name="Offset">Characters (code points) of the prompt that was sent before the one that the token begins in.</param>
public sealed record PromptToken(TokenLogprob Token, int Offset);

/// <summary>Why an answer ended: the reference's <c>done_reason</c>.</summary>
public enum FinishReason
{
    Stop,
    Length,
    Load,
    Unload,
}

/// <summary>Counts and times of one answer.</summary>
public sealed record InferenceMetrics(
    TimeSpan Total, TimeSpan Load, int PromptTokens, int CachedTokens, TimeSpan PromptTime, int GeneratedTokens, TimeSpan GenerationTime)
{
    /// <summary>Nothing was done.</summary>
    public static InferenceMetrics None { get; } = new(default, default, 0, 0, default, 0, default);
}

/// <summary>A request was refused or failed.</summary>
/// <param name="status">HTTP status of the reference for it.</param>
/// <param name="message">The reference's exact text.</param>
/// <param name="inner">Cause, if any.</param>
public sealed class InferenceException(int status, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>
    /// The reference finds this out only after it has begun a stream (the engine refused, the prompt is too long, <c>format</c> is bad);
    /// an error after <see cref="InferenceEvent.Admitted"/> counts as such anyway. Decides the charset of the reply, nothing else.
    /// </summary>
    public bool InStream { get; init; }

    /// <summary>For 503: when to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
