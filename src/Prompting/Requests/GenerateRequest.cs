using System.Collections.Immutable;

namespace ModelOps.Prompting.Requests;

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
    /// Report the tokens of the prompt and how likely each was, with as many alternatives as those of the answer have. Refused with 400
    /// where the template changes the prompt, and where it does not fit the context.
    /// </summary>
    public bool PromptLogprobs { get; init; }

    /// <summary>There is nothing to complete.</summary>
    public bool IsEmpty => Prompt.Length == 0 && PromptTokens.IsEmpty;
}
