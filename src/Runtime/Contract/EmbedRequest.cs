using System.Collections.Immutable;
using ModelOps.Prompting.Requests;

namespace ModelOps.Runtime.Contract;

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
