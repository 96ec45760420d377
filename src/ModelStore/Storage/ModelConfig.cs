using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace ModelOps.ModelStore.Storage;

/// <summary>The configuration blob of a model; absent texts are empty, absent numbers 0.</summary>
public sealed record ModelConfig
{
    /// <summary>What a manifest without a configuration has.</summary>
    public static ModelConfig Empty { get; } = new();

    /// <summary><c>gguf</c> or <c>safetensors</c>.</summary>
    public string Format { get; init; } = "";

    /// <summary>Architecture of the first model layer.</summary>
    public string Family { get; init; } = "";

    /// <summary>Architecture of every model layer; default when the blob has none.</summary>
    public ImmutableArray<string> Families { get; init; }

    /// <summary>Number of parameters as people say it.</summary>
    public string ParameterSize { get; init; } = "";

    /// <summary>Name of the quantization.</summary>
    public string FileType { get; init; } = "";

    /// <summary>Name of the built-in renderer.</summary>
    public string Renderer { get; init; } = "";

    /// <summary>Name of the built-in parser.</summary>
    public string Parser { get; init; } = "";

    /// <summary>Least version of the server that is wanted.</summary>
    public string Requires { get; init; } = "";

    /// <summary>Where a model that runs elsewhere runs.</summary>
    public string RemoteHost { get; init; } = "";

    /// <summary>Its name there.</summary>
    public string RemoteModel { get; init; } = "";

    /// <summary>Capabilities that the configuration adds to those found in the files.</summary>
    public ImmutableArray<string> Capabilities { get; init; } = [];

    /// <summary>Trained context.</summary>
    public long ContextLength { get; init; }

    /// <summary>Width of the model.</summary>
    public long EmbeddingLength { get; init; }

    /// <summary>Name of the model that this one was made from.</summary>
    public string BaseName { get; init; } = "";

    /// <summary>The draft model's description, kept as it is; null when there is none.</summary>
    public JsonObject? Draft { get; init; }
}
