namespace ModelOps.ModelStore.Footprints;

/// <summary>The numbers that a context is made with.</summary>
/// <param name="Streams">Caches that it has: one for every slot, or one for all where states are recurrent or only embeddings are
/// computed.</param>
/// <param name="Cells">Tokens that each of them has room for.</param>
/// <param name="Sequences">Sequences that the engine tells apart; each has its own recurrent state.</param>
/// <param name="MicroBatch">Tokens that are computed at once.</param>
/// <param name="Outputs">Tokens of a batch that logits are computed for.</param>
internal sealed record ContextShape(long Streams, long Cells, long Sequences, long MicroBatch, long Outputs)
{
    private const int CellPadding = 256;
    private const int MostSequences = 256;
    private const int MostMicroBatch = 512;
    private const int Guesses = 16;
    private const int EmbeddingInputs = 16;

    public static ContextShape Of(ModelGeometry geometry, FootprintSettings settings)
    {
        var tokens = (long)settings.ContextLength * settings.Slots;
        if (settings.Embeddings)
        {
            var batch = Math.Max(settings.ContextLength, settings.BatchSize);
            return new(1, Pad(Math.Max(tokens, settings.BatchSize)), EmbeddingInputs, batch, batch);
        }

        var micro = Math.Min(Math.Max(settings.BatchSize, settings.Slots + Guesses), MostMicroBatch);
        var outputs = Math.Min(settings.Slots + Guesses, micro);
        if (geometry.IsRecurrent)
            return new(1, Pad(tokens), Math.Min(MostSequences, settings.Slots * 2), Math.Min(micro, Pad(tokens)), outputs);

        var cells = Pad(settings.ContextLength);
        return new(settings.Slots, cells, settings.Slots, Math.Min(micro, cells * settings.Slots), outputs);
    }

    /// <summary>Cells of each cache of layers with a window.</summary>
    public long SlidingCells(long window) => Pad(Math.Min(Cells, (window * Sequences / Streams) + MicroBatch));

    private static long Pad(long cells) => (cells + CellPadding - 1) / CellPadding * CellPadding;
}
