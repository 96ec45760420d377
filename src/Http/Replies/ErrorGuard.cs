using Microsoft.AspNetCore.Http;
using ModelOps.Http.Limits;
using ModelOps.ModelStore;

namespace ModelOps.Http.Replies;

/// <summary>Turns what a handler refuses into the envelope of its surface.</summary>
internal static class ErrorGuard
{
    /// <summary>Writes an error in one surface's envelope.</summary>
    internal delegate Task Writer(HttpContext context, int status, string message, string contentType);

    /// <param name="handle">The handler.</param>
    /// <param name="writer">Its surface's envelope.</param>
    /// <param name="innerType">Content type of errors that a compatibility layer maps from the handler behind it, such as the store's
    /// refusals.</param>
    internal static RequestDelegate Of(RequestDelegate handle, Writer writer, string innerType) => async context =>
    {
        try
        {
            await handle(context);
        }
        catch (RequestException error)
        {
            await RefuseAsync(context, error, writer, innerType);
        }
        catch (BadHttpRequestException error)
        {
            // The body broke off, came too slowly, or its chunks are malformed.
            await RefuseAsync(context, LimitText.Of(error, IncomingBodies.Of(context).Limits, inBody: true), writer, innerType);
        }
        catch (StoreException error)
        {
            await writer(context, StoreStatus.Of(error.Failure), error.Message, innerType);
        }
    };

    private static Task RefuseAsync(HttpContext context, RequestException error, Writer writer, string innerType)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        error.WriteRetryAfter(context.Response);
        return error.IsPlain
            ? PlainErrors.WriteAsync(context, error.Status, error.Message)
            : writer(context, error.Status, error.Message, error.IsInner ? innerType : JsonReply.WithCharset);
    }
}
