namespace ModelOps.Runtime.Native;

/// <summary>What a decode gave, in the engine's own memory: valid until the next decode.</summary>
internal static unsafe class NativeOutput
{
    /// <summary>Logits of one output of the batch, one for each token of the vocabulary. They may be changed.</summary>
    /// <exception cref="NativeException">There are none.</exception>
    internal static Span<float> Logits(ContextHandle context, int output, int vocabulary) =>
        Values(LlamaNative.llama_get_logits_ith(context, output), vocabulary, "logits");

    /// <summary>The vector of one token of the batch.</summary>
    internal static ReadOnlySpan<float> OfToken(ContextHandle context, int output, int length) =>
        Values(LlamaNative.llama_get_embeddings_ith(context, output), length, "embedding");

    /// <summary>The pooled vector of one sequence.</summary>
    internal static ReadOnlySpan<float> OfSequence(ContextHandle context, int sequence, int length) =>
        Values(LlamaNative.llama_get_embeddings_seq(context, sequence), length, "embedding");

    private static Span<float> Values(float* values, int count, string what) =>
        values == null ? throw new NativeException($"The engine gave no {what}.") : new Span<float>(values, count);
}
