using Microsoft.AspNetCore.Http;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Http.Replies;

/// <summary>The envelope of <c>/api</c>: <c>{"error":"…"}</c>.</summary>
internal static class ApiErrors
{
    internal static Task WriteAsync(HttpContext context, int status, string message, bool charset = true) =>
        JsonReply.WriteAsync(context, status, charset ? JsonReply.WithCharset : JsonReply.Plain, json =>
        {
            json.WriteStartObject();
            json.WriteString("error"u8, message);
            json.WriteEndObject();
        });

    /// <summary>Turns what a handler refuses into the envelope.</summary>
    internal static RequestDelegate Guard(RequestDelegate handle) => async context =>
    {
        try
        {
            await handle(context);
        }
        catch (RequestException error)
        {
            await WriteAsync(context, error.Status, error.Message);
        }
        catch (StoreException error)
        {
            await WriteAsync(context, error.Status, error.Message);
        }
    };
}
