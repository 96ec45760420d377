using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;

namespace ModelOps.Http.Ollama;

/// <summary>Failures of inference on <c>/api</c>: a status before the first line, a line of its own after it (1.8).</summary>
internal static class ApiFailure
{
    internal static async ValueTask TellAsync(
        HttpContext context, ReplyStream lines, bool stream, Failure failure, CancellationToken cancellationToken)
    {
        if (!lines.HasStarted)
        {
            await ApiErrors.WriteAsync(context, failure.Status, failure.Message, charset: !(stream && failure.InStream));
            return;
        }

        var json = lines.BeginLine();
        json.WriteStartObject();
        json.WriteString("error"u8, failure.Message);
        json.WriteEndObject();
        await lines.EndLineAsync(cancellationToken);
    }
}
