using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Names;
using ModelOps.Templates.Chat;

namespace ModelOps.ModelStore.Building;

/// <summary>What to build and under which name. An empty text means: not given.</summary>
public sealed record CreateRequest
{
    /// <summary>Name of the result.</summary>
    public required ModelName Name { get; init; }

    /// <summary>Model to start from, as the user wrote it; wins over <see cref="Files"/>.</summary>
    public string From { get; init; } = "";

    /// <summary>File name to digest of a blob that is in the store; null when not given, which differs from empty.</summary>
    public IReadOnlyDictionary<string, string>? Files { get; init; }

    /// <summary>Adapters, as <see cref="Files"/>.</summary>
    public IReadOnlyDictionary<string, string> Adapters { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Draft models, as <see cref="Files"/>.</summary>
    public IReadOnlyDictionary<string, string> DraftFiles { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>Go template.</summary>
    public string Template { get; init; } = "";

    /// <summary>System prompt; empty cannot unset an inherited one.</summary>
    public string System { get; init; } = "";

    /// <summary>License texts to add.</summary>
    public ImmutableArray<string> Licenses { get; init; } = [];

    /// <summary>Parameters, each over the base's of the same name.</summary>
    public JsonObject? Parameters { get; init; }

    /// <summary>Messages that replace the base's when there is any.</summary>
    public ImmutableArray<ChatMessage> Messages { get; init; } = [];

    /// <summary>Name of the built-in renderer.</summary>
    public string Renderer { get; init; } = "";

    /// <summary>Name of the built-in parser.</summary>
    public string Parser { get; init; } = "";

    /// <summary>Least version of the server.</summary>
    public string Requires { get; init; } = "";

    /// <summary>Type to pack the weights into.</summary>
    public string Quantize { get; init; } = "";

    /// <summary>Type to pack the draft model into.</summary>
    public string DraftQuantize { get; init; } = "";

    /// <summary>Values that win over those found in the files.</summary>
    public JsonObject? Info { get; init; }

    /// <summary>
    /// The line of a file's layer says whether another model uses the file, as the reference's does. That reads every manifest of the
    /// store; without it the layer counts as known.
    /// </summary>
    public bool TellsUse { get; init; } = true;
}
