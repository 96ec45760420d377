using System.Text.Json.Nodes;

namespace ModelOps.Cli.Conversations;

/// <summary>How a model is asked: what the flags of <c>run</c> say, and what <c>/set</c> changes.</summary>
internal sealed class ChatSettings
{
    /// <summary>How long the model stays in memory afterwards; null for the server's choice.</summary>
    internal JsonNode? KeepAlive { get; init; }

    /// <summary><c>json</c> or a schema; null for free text.</summary>
    internal JsonNode? Format { get; set; }

    /// <summary>Whether, or how much, the model thinks first; null for the model's choice.</summary>
    internal JsonNode? Think { get; set; }

    internal bool HideThinking { get; init; }

    /// <summary>Counts and times are printed after an answer.</summary>
    internal bool Verbose { get; set; }

    /// <summary>Lines of an answer are broken between words.</summary>
    internal bool WordWrap { get; set; } = true;

    /// <summary>What the model is told before anything else; null for the model's own.</summary>
    internal string? System { get; set; }

    /// <summary>What <c>/save</c> gives the new model as its template.</summary>
    internal string? Template { get; set; }

    /// <summary>Parameters that differ from those of the model.</summary>
    internal JsonObject Options { get; } = [];
}
