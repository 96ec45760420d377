using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.Ollama;

/// <summary>Answers of <c>/api/generate</c> and <c>/api/chat</c> line by line (3.2, 3.3).</summary>
internal sealed class OllamaStreamWriter(HttpContext context, IAnswerLines lines) : IReplyWriter
{
    private readonly ReplyStream _stream = new(context, JsonReply.Lines);

    /// <summary>What waits for the last line.</summary>
    private readonly CollectedAnswer _late = new();

    private bool _isRendered;

    public ValueTask WriteAsync(InferenceEvent item, CancellationToken cancellationToken)
    {
        switch (item)
        {
            case InferenceEvent.Delta delta:
                lines.WriteDelta(_stream.BeginLine(), delta);
                return _stream.EndLineAsync(cancellationToken);
            case InferenceEvent.ToolCalls { OnLastLine: false } calls when lines.HasCallLines:
                lines.WriteCalls(_stream.BeginLine(), calls);
                return _stream.EndLineAsync(cancellationToken);
            case InferenceEvent.ToolCalls calls:
                _late.Add(calls);
                break;
            case InferenceEvent.Rendered rendered:
                _isRendered = true;
                return new(OllamaReplyWriter.WriteWholeAsync(context, json => lines.WriteRendered(json, rendered)));
            case InferenceEvent.Finished when _isRendered:
                break;
            case InferenceEvent.Finished { Reason: FinishReason.Stop or FinishReason.Length } finished:
                lines.WriteFinished(_stream.BeginLine(), _late, finished);
                return _stream.EndLineAsync(cancellationToken);
            case InferenceEvent.Finished finished when !context.Response.HasStarted:
                // A model was only loaded or unloaded: the reference answers that in one piece.
                return new(OllamaReplyWriter.WriteWholeAsync(context, json => lines.WriteFinished(json, _late, finished)));
        }

        return default;
    }

    public ValueTask FailAsync(Failure failure, CancellationToken cancellationToken) =>
        OllamaErrors.EndStreamAsync(context, _stream, failure, cancellationToken);
}
