using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Footprints;
using ModelOps.ModelStore.Gguf;
using ModelOps.Templates.Chat;

namespace ModelOps.ModelStore.Storage;

/// <summary>A model with its contents read: what serving it and showing it need.</summary>
public sealed record ModelBuild
{
    /// <summary>Where it came from.</summary>
    public required StoredModel Model { get; init; }

    /// <summary>Path of the weights; empty when the model has none. With several model layers the last one counts.</summary>
    public string WeightsPath { get; init; } = "";

    /// <summary>Digest of the weights as <c>sha256:…</c>; empty when the model has none.</summary>
    public string WeightsDigest { get; init; } = "";

    /// <summary>Paths of the LoRA adapters.</summary>
    public ImmutableArray<string> AdapterPaths { get; init; } = [];

    /// <summary>Paths of the vision and audio projectors.</summary>
    public ImmutableArray<string> ProjectorPaths { get; init; } = [];

    /// <summary>Facts of the projectors.</summary>
    public ImmutableArray<GgufFacts> ProjectorFacts { get; init; } = [];

    /// <summary>Path of the draft model, or null.</summary>
    public string? DraftPath { get; init; }

    /// <summary>The Go template that was declared, or null.</summary>
    public string? Template { get; init; }

    /// <summary>The system prompt, or null.</summary>
    public string? System { get; init; }

    /// <summary>Parameters as stored; never changed.</summary>
    public JsonObject Parameters { get; init; } = [];

    /// <summary>Messages that begin every conversation.</summary>
    public ImmutableArray<ChatMessage> Messages { get; init; } = [];

    /// <summary>License texts.</summary>
    public ImmutableArray<string> Licenses { get; init; } = [];

    /// <summary>Short name of the model that the weights were taken from; empty when they came from a file.</summary>
    public string ParentModel { get; init; } = "";

    /// <summary>Description of the model.</summary>
    public ModelConfig Config => Model.Config;

    /// <summary>Facts of the weights; null when the model has none.</summary>
    public GgufFacts? Facts { get; init; }

    /// <summary>What the weights need memory for; null when the model has none. See <see cref="Footprint.Of"/>.</summary>
    public ModelGeometry? Geometry { get; init; }

    /// <summary>The same of the draft model.</summary>
    public ModelGeometry? DraftGeometry { get; init; }

    /// <summary>Bytes of the adapters and projectors, which are loaded beside the weights. See <see cref="Footprint.Plus"/>.</summary>
    public long BesideBytes { get; init; }
}
