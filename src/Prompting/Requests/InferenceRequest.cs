using System.Text.Json;

namespace ModelOps.Prompting.Requests;

/// <summary>What every inference request has. Names and defaults: spec/http-apis.md 2.</summary>
public abstract record InferenceRequest
{
    /// <summary>Name as the client sent it (not parsed, not canonical).</summary>
    public required string Model { get; init; }

    /// <summary>The <c>options</c> object as sent; Undefined when absent. Types are checked by the runtime (5.6).</summary>
    public JsonElement Options { get; init; }

    /// <summary>
    /// How long the model stays after this request; null when the client did not say, <see cref="TimeSpan.MaxValue"/> for ever.
    /// </summary>
    public TimeSpan? KeepAlive { get; init; }

    /// <summary>Cut what does not fit (5.5). Null is the default, true.</summary>
    public bool? Truncate { get; init; }

    /// <summary>Whose request it is, for turns between clients; empty when all that come without a name are one.</summary>
    public string Client { get; init; } = "";
}
