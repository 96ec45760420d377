using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Writing;

namespace ModelOps.Http.Replies;

/// <summary>Replies of one JSON value, and their content types (1.3).</summary>
internal static class JsonReply
{
    /// <summary>Plain JSON of <c>/api</c>, and errors that a compatibility layer finds itself.</summary>
    internal const string WithCharset = "application/json; charset=utf-8";

    /// <summary>JSON that took the way of a stream, and what <c>/v1</c> maps from the inner handler.</summary>
    internal const string Plain = "application/json";

    internal const string Lines = "application/x-ndjson";
    internal const string Events = "text/event-stream";

    /// <summary>Writes a value.</summary>
    internal static Task WriteAsync(HttpContext context, int status, string contentType, Action<Utf8JsonWriter> write) =>
        WriteAsync(context, status, contentType, JsonBytes.Of(write), lineFeed: false);

    /// <summary>Writes a value with a line feed after it, as <c>/v1</c> does.</summary>
    internal static Task WriteLineAsync(HttpContext context, int status, string contentType, Action<Utf8JsonWriter> write) =>
        WriteAsync(context, status, contentType, JsonBytes.Of(write), lineFeed: true);

    /// <summary>Writes a value that is JSON text already.</summary>
    internal static async Task WriteAsync(HttpContext context, int status, string contentType, ReadOnlyMemory<byte> json, bool lineFeed)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = json.Length + (lineFeed ? 1 : 0);
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        await response.BodyWriter.WriteAsync(json, context.RequestAborted);
        if (lineFeed)
            await response.BodyWriter.WriteAsync("\n"u8.ToArray(), context.RequestAborted);
    }
}
