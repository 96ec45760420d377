using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Replies;

/// <summary>The envelope of <c>/api</c>: <c>{"error":"…"}</c>.</summary>
internal static class PlainErrors
{
    internal static Task WriteAsync(HttpContext context, int status, string message, bool charset = true) =>
        WriteAsync(context, status, message, charset ? JsonReply.WithCharset : JsonReply.Plain);

    /// <summary>Turns what a handler refuses into the envelope.</summary>
    internal static RequestDelegate Guard(RequestDelegate handle) => ErrorGuard.Of(handle, WriteAsync, JsonReply.WithCharset);

    private static Task WriteAsync(HttpContext context, int status, string message, string contentType) =>
        JsonReply.WriteAsync(context, status, contentType, json =>
        {
            json.WriteStartObject();
            json.WriteString("error"u8, message);
            json.WriteEndObject();
        });
}
