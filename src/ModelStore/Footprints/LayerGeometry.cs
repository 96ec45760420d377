namespace ModelOps.ModelStore.Footprints;

/// <summary>One layer, as far as memory goes.</summary>
/// <param name="WeightBytes">Bytes of its tensors.</param>
/// <param name="KeyWidth">Elements of the keys of one token; 0 when the layer keeps none.</param>
/// <param name="ValueWidth">Elements of the values of one token; 0 where keys and values are one (MLA) or none are kept.</param>
/// <param name="Slides">Whether it sees only the tokens of the window.</param>
/// <param name="StateBytes">Bytes of recurrent state of one sequence.</param>
public sealed record LayerGeometry(long WeightBytes, long KeyWidth, long ValueWidth, bool Slides, long StateBytes);
