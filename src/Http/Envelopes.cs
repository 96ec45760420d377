using Microsoft.AspNetCore.Http;
using ModelOps.Http.Anthropic;
using ModelOps.Http.OpenAi;
using ModelOps.Http.Replies;

namespace ModelOps.Http;

/// <summary>Chooses the surface's envelope for an error that is found before there is a route.</summary>
internal static class Envelopes
{
    /// <summary>Writes an error in the envelope of the surface that a target belongs to.</summary>
    /// <param name="context">The request.</param>
    /// <param name="target">Path or absolute URI as it was sent; what is unknown gets the plain envelope.</param>
    /// <param name="error">What is wrong.</param>
    internal static Task WriteAsync(HttpContext context, string target, RequestException error)
    {
        error.WriteRetryAfter(context.Response);
        var scheme = target.IndexOf("://", StringComparison.Ordinal);
        var start = scheme < 0 ? 0 : target.IndexOf('/', scheme + 3);
        var path = start < 0 ? "" : target[start..];
        return path.StartsWith(
            "/v1/messages",
            StringComparison.Ordinal) ? AnthropicErrors.WriteAsync(context, error.Status, error.Message, JsonReply.WithCharset)
            : path.StartsWith(
                "/v1/", StringComparison.Ordinal) ? OpenAiErrors.WriteAsync(context, error.Status, error.Message, JsonReply.WithCharset)
            : PlainErrors.WriteAsync(context, error.Status, error.Message);
    }
}
