using Microsoft.AspNetCore.Http;
using ModelOps.Http.Limits;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Http.Replies;

/// <summary>Turns what a handler refuses into the envelope of its surface.</summary>
internal static class ErrorGuard
{
    /// <summary>Writes an error in one surface's envelope.</summary>
    internal delegate Task Writer(HttpContext context, int status, string message, string contentType);

    /// <param name="handle">The handler.</param>
    /// <param name="writer">Its surface's envelope.</param>
    /// <param name="storeType">Content type of what the store refuses; a compatibility layer maps that from the inner handler.</param>
    internal static RequestDelegate Of(RequestDelegate handle, Writer writer, string storeType) => async context =>
    {
        try
        {
            await handle(context);
        }
        catch (RequestException error)
        {
            await RefuseAsync(context, error, writer);
        }
        catch (BadHttpRequestException error)
        {
            // The body broke off, came too slowly, or its chunks are none.
            await RefuseAsync(context, LimitText.Of(error, IncomingBodies.Of(context).Limits, inBody: true), writer);
        }
        catch (StoreException error)
        {
            await writer(context, error.Status, error.Message, storeType);
        }
    };

    private static Task RefuseAsync(HttpContext context, RequestException error, Writer writer)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return error.IsPlain
            ? ApiErrors.WriteAsync(context, error.Status, error.Message)
            : writer(context, error.Status, error.Message, JsonReply.WithCharset);
    }
}
