namespace ModelOps.Http.Replies;

/// <summary>
/// What a surface asks the runtime for. The reference's words or status for a refusal depend on it.
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
