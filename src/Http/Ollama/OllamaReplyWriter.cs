using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.Ollama;

/// <summary>Answers of <c>/api/generate</c> and <c>/api/chat</c> in one piece (3.2, 3.3).</summary>
internal sealed class OllamaReplyWriter(HttpContext context, IAnswerLines lines) : IReplyWriter
{
    private readonly CollectedAnswer _answer = new();

    /// <summary>Writes as the client wants it: line by line, or all at the end.</summary>
    internal static IReplyWriter Of(HttpContext context, IAnswerLines lines, bool stream) =>
        stream ? new OllamaStreamWriter(context, lines) : new OllamaReplyWriter(context, lines);

    public ValueTask WriteAsync(InferenceEvent item, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case InferenceEvent.Delta delta:
                _answer.Add(delta);
                break;
            case InferenceEvent.ToolCalls calls:
                _answer.Add(calls);
                break;
            case InferenceEvent.Rendered rendered:
                return new(WriteWholeAsync(context, json => lines.WriteRendered(json, rendered)));
            case InferenceEvent.Finished finished when !context.Response.HasStarted:
                return new(WriteWholeAsync(context, json => lines.WriteFinished(json, _answer, finished)));
        }

        return default;
    }

    public ValueTask FailAsync(Failure failure, CancellationToken cancellationToken) =>
        new(PlainErrors.WriteAsync(context, failure.Status, failure.Message));

    /// <summary>Writes a reply of one object.</summary>
    internal static Task WriteWholeAsync(HttpContext context, Action<Utf8JsonWriter> write) =>
        JsonReply.WriteAsync(context, StatusCodes.Status200OK, JsonReply.WithCharset, write);
}
