namespace ModelOps.ModelStore.Footprints;

/// <summary>The numbers that a context is made with. All slots share one cache.</summary>
/// <param name="Cells">Tokens that the cache has room for.</param>
/// <param name="Sequences">Sequences that the engine tells apart; each has its own recurrent state.</param>
/// <param name="MicroBatch">Tokens that are computed at once.</param>
/// <param name="Outputs">Tokens of a batch that logits are computed for.</param>
internal sealed record ContextShape(long Cells, long Sequences, long MicroBatch, long Outputs)
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
            return new(Pad(Math.Max(tokens, settings.BatchSize)), EmbeddingInputs, batch, batch);
        }

        var sequences = geometry.IsRecurrent ? Math.Min(MostSequences, settings.Slots * 2) : settings.Slots;
        var micro = Math.Min(Math.Max(settings.BatchSize, settings.Slots + Guesses), MostMicroBatch);
        var cells = Pad(tokens);
        return new(cells, sequences, Math.Min(micro, cells), Math.Min(settings.Slots + Guesses, micro));
    }

    /// <summary>Cells of the cache of layers with a window.</summary>
    public long SlidingCells(long window) => Pad(Math.Min(Cells, (window * Sequences) + MicroBatch));

    private static long Pad(long cells) => (cells + CellPadding - 1) / CellPadding * CellPadding;
}
