using Microsoft.AspNetCore.Http;
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
        catch (RequestException error) when (error.IsPlain)
        {
            await ApiErrors.WriteAsync(context, error.Status, error.Message);
        }
        catch (RequestException error)
        {
            await writer(context, error.Status, error.Message, JsonReply.WithCharset);
        }
        catch (StoreException error)
        {
            await writer(context, error.Status, error.Message, storeType);
        }
    };
}
