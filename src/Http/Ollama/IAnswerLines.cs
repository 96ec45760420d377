using System.Text.Json;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.Ollama;

/// <summary>The objects that one call of <c>/api</c> answers with: when they are written is the same for all of them.</summary>
internal interface IAnswerLines
{
    /// <summary>Calls of tools come in a line of their own; else they wait for the last one.</summary>
    bool HasCallLines { get; }

    void WriteDelta(Utf8JsonWriter json, InferenceEvent.Delta delta);

    void WriteCalls(Utf8JsonWriter json, InferenceEvent.ToolCalls calls);

    /// <summary>The prompt that was only rendered.</summary>
    void WriteRendered(Utf8JsonWriter json, InferenceEvent.Rendered rendered);

    /// <summary>The last object, with whatever of the answer was in none before.</summary>
    void WriteFinished(Utf8JsonWriter json, CollectedAnswer answer, InferenceEvent.Finished finished);
}
