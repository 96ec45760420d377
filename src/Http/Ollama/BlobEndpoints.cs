using Microsoft.AspNetCore.Http;
using ModelOps.Http.Limits;
using ModelOps.Http.Replies;
using ModelOps.Http.Routing;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.Http.Ollama;

/// <summary><c>/api/blobs/{digest}</c> (2.8). Bodies are written to disk as they come, of any size.</summary>
internal sealed class BlobEndpoints(LocalStore store)
{
    internal Task HeadAsync(HttpContext context)
    {
        var text = RouteValue.Of(context);
        if (!Digest.TryParse(text, out var digest))
            return PlainErrors.WriteAsync(context, StatusCodes.Status400BadRequest, "invalid digest format");
        return store.Blobs.Has(digest)
            ? Task.CompletedTask
            : PlainErrors.WriteAsync(context, StatusCodes.Status404NotFound, $"blob \"{text}\" not found");
    }

    internal async Task PostAsync(HttpContext context)
    {
        var body = IncomingBodies.Of(context).OpenUnbounded(context.Request);
        if (await store.Blobs.ReceiveAsync(RouteValue.Of(context), body, context.RequestAborted))
            context.Response.StatusCode = StatusCodes.Status201Created;
    }
}
