using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;

namespace ModelOps.Http.Ollama;

/// <summary>Failures on <c>/api</c> in a reply that streams: a status before the first line, a line of its own after it (1.8).</summary>
internal static class OllamaErrors
{
    /// <summary>Ends a stream with a failure: a whole reply while nothing was sent, else a last line.</summary>
    internal static async ValueTask EndStreamAsync(
        HttpContext context, ReplyStream lines, Failure failure, CancellationToken cancellationToken)
    {
        if (!lines.HasStarted)
        {
            await PlainErrors.WriteAsync(context, failure.Status, failure.Message, charset: !failure.InStream);
            return;
        }

        var json = lines.BeginLine();
        json.WriteStartObject();
        json.WriteString("error"u8, failure.Message);
        json.WriteEndObject();
        await lines.EndLineAsync(cancellationToken);
    }
}
