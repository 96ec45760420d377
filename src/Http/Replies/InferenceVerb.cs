namespace ModelOps.Http.Replies;

/// <summary>
/// What a surface asks the runtime for. The reference refuses the same thing in other words, or with another status, by it.
/// </summary>
internal enum InferenceVerb
{
    /// <summary>The next turn of a conversation.</summary>
    Chat,

    /// <summary>The rest of a text.</summary>
    Generate,

    /// <summary>Vectors of texts.</summary>
    Embed,

    /// <summary>One vector, as the older <c>/api/embeddings</c> gives it.</summary>
    LegacyEmbed,

    /// <summary>Documents in the order of a query.</summary>
    Rerank,
}
