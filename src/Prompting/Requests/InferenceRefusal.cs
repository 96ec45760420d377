using System.Globalization;
using ModelOps.ModelStore;

namespace ModelOps.Prompting.Requests;

/// <summary>
/// Why a request gets no answer. A closed set; the catcher of an <see cref="InferenceException"/> decides by the case, never by the text.
/// </summary>
public abstract record InferenceRefusal
{
    private InferenceRefusal(string message) => Message = message;

    /// <summary>What happened, in the reference's words where it has some. A surface may have other words for some cases.</summary>
    public string Message { get; }

    // The name.

    /// <summary>The request names no model.</summary>
    public sealed record NoModelNamed() : InferenceRefusal("model is required");

    /// <summary>The name in the request cannot be a model's.</summary>
    public sealed record InvalidName(string Why) : InferenceRefusal(Why);

    /// <summary>The request names a model of a cloud, and none is asked here.</summary>
    public sealed record CloudDisabled() : InferenceRefusal("ollama cloud is disabled: remote model is unavailable");

    /// <summary>There is no such model.</summary>
    public sealed record UnknownModel(string Model) : InferenceRefusal($"model '{Model}' not found");

    /// <summary>The model's build cannot be read.</summary>
    public sealed record BuildUnreadable(StoreFailure Failure) : InferenceRefusal(Failure.Message);

    /// <summary>Git declares that the model is built only.</summary>
    public sealed record NotServed(string Model, string DeclaredAt)
        : InferenceRefusal($"model '{Model}' is declared 'residency: never' at {DeclaredAt}: it is built, and not served");

    /// <summary>Whoever runs the server wants nobody answered for now.</summary>
    public sealed record Stopped(string Model, string Why) : InferenceRefusal($"model '{Model}' is not served: {Why}");

    // What the model cannot do.

    /// <summary>The model has no reasoning.</summary>
    public sealed record DoesNotThink(string Model) : InferenceRefusal($"\"{Model}\" does not support thinking");

    /// <summary>The model writes no text.</summary>
    /// <param name="Model">As the request names it.</param>
    /// <param name="Verb"><c>chat</c> or <c>generate</c>.</param>
    public sealed record DoesNotComplete(string Model, string Verb) : InferenceRefusal($"\"{Model}\" does not support {Verb}");

    /// <summary>The request needs more than the model's template has.</summary>
    /// <param name="Model">Its full name.</param>
    /// <param name="Missing">The capabilities, one a line.</param>
    public sealed record Lacks(string Model, string Missing) : InferenceRefusal($"{Model} does not support {Missing}");

    /// <summary>The model has no embeddings.</summary>
    public sealed record DoesNotEmbed() : InferenceRefusal(
        "this model does not support embeddings: its weights name no pooling type; ask a model that is made for them, such as all-minilm");

    /// <summary>The model ranks no documents.</summary>
    public sealed record DoesNotRank(string Model)
        : InferenceRefusal($"the model '{Model}' does not rank documents: its weights have no pooling of the type rank");

    /// <summary>The request has images or sounds.</summary>
    public sealed record NoImages()
        : InferenceRefusal("images and audio are not supported: this server has no library that reads them; send text only");

    // What the request asks for.

    /// <summary>An option has a wrong value.</summary>
    /// <param name="Option">Its name.</param>
    /// <param name="Expected">What it must be.</param>
    public sealed record InvalidOption(string Option, string Expected) : InferenceRefusal($"option \"{Option}\" must be {Expected}");

    /// <summary>A raw prompt comes with a template, a system text or a context.</summary>
    public sealed record RawWithTemplate() : InferenceRefusal("raw mode does not support template, system, or context");

    /// <summary>An answer cannot go on behind calls of tools.</summary>
    public sealed record ContinuesCalls() : InferenceRefusal("Cannot continue an assistant message that contains tool calls.");

    /// <summary><c>format</c> is neither <c>json</c> nor a schema.</summary>
    /// <param name="Quoted">What it is, between quotes.</param>
    public sealed record InvalidFormat(string Quoted)
        : InferenceRefusal($"invalid format: {Quoted}; expected \"json\" or a valid JSON Schema object");

    /// <summary>The schema is not valid, or says what no grammar can say.</summary>
    public sealed record CannotFollowSchema(string Why) : InferenceRefusal(Why);

    /// <summary>What else the answer must be cannot be enforced.</summary>
    public sealed record CannotConstrain(string Why) : InferenceRefusal(Why);

    // The prompt.

    /// <summary>The model's template failed with this conversation.</summary>
    public sealed record TemplateFailed(string Why) : InferenceRefusal($"template error: {Why}");

    /// <summary>The model was made with a text that is not a valid template.</summary>
    public sealed record TemplateInvalid(string Why) : InferenceRefusal($"template error: {Why}");

    /// <summary>The model's template takes only JSON objects as arguments of earlier calls.</summary>
    /// <param name="Path">Where in the request the arguments are.</param>
    /// <param name="Tool">The tool that was called.</param>
    /// <param name="Why">What the template said.</param>
    public sealed record ArgumentsAreText(string Path, string Tool, string Why) : InferenceRefusal(
        $"invalid tool call arguments: {Path} of the call of \"{Tool}\" is no JSON object, and the model's template cannot take text there "
        + $"({Why}); send JSON, or \"{{}}\"");

    /// <summary>The prompt does not fit the context, and may not be cut.</summary>
    public sealed record PromptTooLong(int Tokens, int Context)
        : InferenceRefusal($"request ({Tokens} tokens) exceeds the available context size ({Context} tokens), try increasing it");

    /// <summary>The prompt does not fit the context. It may be cut, but only where the context may shift, and that is off.</summary>
    public sealed record CutNeedsShift() : InferenceRefusal(
        "the prompt is longer than the context length currently available to the model; shorten the prompt, "
        + "adjust the context length in settings, or use a model with a longer context length");

    /// <summary>The model's template changes the prompt, so what was sent cannot be found in it.</summary>
    public sealed record TemplateChangesPrompt() : InferenceRefusal(
        "the model's template changes the prompt, so the log probabilities of what was sent are not known; "
        + "use a model with TEMPLATE {{ .Prompt }}, or leave out echo or logprobs");

    /// <summary>The model's tokenizer changes the prompt, so what was sent cannot be found in its tokens.</summary>
    public sealed record TokenizerChangesPrompt() : InferenceRefusal(
        "the model's tokenizer changes the prompt, so the log probabilities of what was sent are not known; leave out echo or logprobs");

    // Inputs of embeddings and ranks.

    /// <summary>An input has no tokens.</summary>
    public sealed record InputEmpty() : InferenceRefusal("input exceeds maximum context length and cannot be truncated further");

    /// <summary>An input does not fit the context, and may not be cut.</summary>
    public sealed record InputTooLong() : InferenceRefusal("the input length exceeds the context length");

    /// <summary>The context is so short that nothing of an input is left.</summary>
    public sealed record NoRoomForInput() : InferenceRefusal("input after truncation exceeds maximum context length");

    /// <summary>A query and a document do not fit the context together.</summary>
    public sealed record PairTooLong(int Tokens, int Context)
        : InferenceRefusal($"query and document have {Tokens} tokens together and do not fit the context of {Context}");

    /// <summary>The engine computed a value that is not a number.</summary>
    public sealed record NotFinite() : InferenceRefusal("embedding contains NaN or Inf values");

    // The engine.

    /// <summary>The model has no weights, or some of another format.</summary>
    public sealed record NoWeights(string Model) : InferenceRefusal($"the model {Model} has no weights that this engine can load");

    /// <summary>Too many requests wait.</summary>
    public sealed record QueueFull() : InferenceRefusal("server busy, please try again.  maximum pending requests exceeded");

    /// <summary>The request waited longer than allowed.</summary>
    /// <param name="For">What it waited for.</param>
    public sealed record WaitedTooLong(string For) : InferenceRefusal($"waited too long for: {For}");

    /// <summary>The model does not fit even when everything that may go is gone.</summary>
    /// <param name="Needed">Bytes it needs.</param>
    /// <param name="Available">Bytes there are.</param>
    public sealed record NeverFits(long Needed, long Available)
        : InferenceRefusal($"model requires more memory ({Size(Needed)}) than is available ({Size(Available)})");

    /// <summary>The engine died several times in a row and is not started again yet.</summary>
    /// <param name="Model">The model.</param>
    /// <param name="Deaths">How often.</param>
    /// <param name="LastCause">Of what the last time.</param>
    /// <param name="Wait">Time until it is started again.</param>
    public sealed record KeepsDying(string Model, int Deaths, string LastCause, TimeSpan Wait)
        : InferenceRefusal($"the engine of {Model} died {Deaths} times in a row and is started again later. Last cause: {LastCause}");

    /// <summary>The client that waited for the load gave up.</summary>
    public sealed record LoadCanceled() : InferenceRefusal("request canceled");

    /// <summary>The engine could not load the model.</summary>
    public sealed record LoadFailed(string Model, string Why) : InferenceRefusal($"unable to load model {Model}: {Why}");

    /// <summary>The engine ended while it worked on the request.</summary>
    public sealed record EngineDied(string Why) : InferenceRefusal(
        "model runner has unexpectedly stopped, this may be due to resource limitations or an internal error, "
        + $"check ollama server logs for details: {Why}");

    /// <summary>The engine refused the request, and goes on with others.</summary>
    public sealed record EngineRefused(string Why) : InferenceRefusal(Why);

    private static string Size(long bytes) =>
        bytes >= 1 << 30
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 30):0.0} GiB, {bytes} bytes")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.0} MiB, {bytes} bytes");
}
