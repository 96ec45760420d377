using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace ModelOps.Http.Limits;

/// <summary>Complete replies for connections without a request that could be answered. The connection is closed after the reply.</summary>
internal static class RawReply
{
    /// <param name="write">Writes an error in the envelope of the surface that a target belongs to.</param>
    /// <param name="target">What was asked for, as far as it is known.</param>
    /// <param name="error">What is wrong.</param>
    /// <param name="isHead">Only the head may be sent.</param>
    internal static async Task<byte[]> OfAsync(
        Func<HttpContext, string, RequestException, Task> write, string target, RequestException error, bool isHead)
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        await write(context, target, error);
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 {error.Status} {ReasonPhrases.GetReasonPhrase(error.Status)}\r\nContent-Type: "
                + $"{context.Response.ContentType}\r\nContent-Length: {body.Length}\r\n");
        var retry = error.Status == StatusCodes.Status503ServiceUnavailable ? "Retry-After: 1\r\n" : "";
        return [.. Encoding.ASCII.GetBytes($"{head}{retry}Connection: close\r\n\r\n"), .. isHead ? [] : body.ToArray()];
    }
}
