using System.Collections.Immutable;
using ModelOps.Prompting.Requests;

namespace ModelOps.Runtime.Contract;

/// <summary>A query and the documents to put into order by it.</summary>
public sealed record RerankRequest : InferenceRequest
{
    /// <summary>What is looked for.</summary>
    public required string Query { get; init; }

    /// <summary>At least one.</summary>
    public required ImmutableArray<string> Documents { get; init; }
}
