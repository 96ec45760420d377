using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;
using ModelOps.Prompting.Events;

namespace ModelOps.Http.OpenAi;

/// <summary>Answers of <c>/v1/audio/transcriptions</c>: the text alone, or in an object.</summary>
internal sealed class TranscriptionReplyWriter(HttpContext context, bool isText) : IReplyWriter
{
    private readonly CollectedAnswer _answer = new();

    public ValueTask WriteAsync(InferenceEvent item, CancellationToken cancellationToken)
    {
        if (item is InferenceEvent.Delta delta)
            _answer.Add(delta);
        return item is InferenceEvent.Finished ? new(WriteAsync(_answer.Content.Trim(), cancellationToken)) : default;
    }

    public ValueTask FailAsync(Failure failure, CancellationToken cancellationToken) => new(OpenAiErrors.WriteAsync(context, failure));

    private Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        if (isText)
        {
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync(text, cancellationToken);
        }

        return JsonReply.WriteLineAsync(context, StatusCodes.Status200OK, JsonReply.Plain, json =>
        {
            json.WriteStartObject();
            json.WriteString("text"u8, text);
            json.WriteEndObject();
        });
    }
}
