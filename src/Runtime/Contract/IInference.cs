using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;

namespace ModelOps.Runtime.Contract;

/// <summary>What the HTTP surfaces ask of the runtime. All surfaces use these few calls; each maps them to its own wire format.</summary>
public interface IInference
{
    /// <summary>
    /// Answers a chat. The sequence is any number of <see cref="InferenceEvent"/>s that ends with one
    /// <see cref="InferenceEvent.Finished"/>.
    /// </summary>
    /// <exception cref="InferenceException">Refused or failed; says why.</exception>
    IAsyncEnumerable<InferenceEvent> ChatAsync(ChatRequest request, CancellationToken cancellationToken);

    /// <summary>Completes a prompt (with the model's template, raw, or fill-in-the-middle).</summary>
    /// <exception cref="InferenceException">As above.</exception>
    IAsyncEnumerable<InferenceEvent> GenerateAsync(GenerateRequest request, CancellationToken cancellationToken);

    /// <summary>Embeds texts.</summary>
    /// <exception cref="InferenceException">As above.</exception>
    Task<EmbedOutcome> EmbedAsync(EmbedRequest request, CancellationToken cancellationToken);

    /// <summary>Computes how well documents answer a query.</summary>
    /// <exception cref="InferenceException">As above.</exception>
    Task<RerankOutcome> RerankAsync(RerankRequest request, CancellationToken cancellationToken);
}
