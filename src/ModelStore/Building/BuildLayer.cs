using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Building;

/// <summary>A layer of a build in the making, with its progress line.</summary>
internal sealed record BuildLayer(Layer Layer, bool Existed)
{
    public string MediaType => Layer.MediaType;

    public string Status => $"{(Existed ? "using existing" : "creating new")} layer {Layer.Digest}";
}
