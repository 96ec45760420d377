using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ModelOps.Http;

/// <summary>The request cannot be answered; the surface that it came to wraps the message into its own envelope.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="message">The reference's text where it has one.</param>
internal sealed class RequestException(int status, string message) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    internal int Status { get; } = status;

    /// <summary>
    /// Every surface writes it in the plain envelope of <c>/api</c> (6.1): the body could not even be read, or the model runs in a
    /// cloud.
    /// </summary>
    internal bool IsPlain { get; init; }

    /// <summary>
    /// In the reference a compatibility layer gets this from the handler behind it, and its reply has another content type (1.3).
    /// </summary>
    internal bool IsInner { get; init; }

    /// <summary>When to try again, where that is known; at least a second.</summary>
    internal TimeSpan? RetryAfter { get; init; }

    internal static RequestException TooMany(string message, TimeSpan retryAfter) => new(429, message)
    {
        RetryAfter = retryAfter > TimeSpan.FromSeconds(1) ? retryAfter : TimeSpan.FromSeconds(1),
    };

    /// <summary>Tells the client when to try again.</summary>
    internal void WriteRetryAfter(HttpResponse response)
    {
        if (RetryAfter is { } delay && !response.HasStarted)
            response.Headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }

    internal static RequestException Bad(string message) => new(400, message);

    internal static RequestException Unreadable(string message) => new(400, message) { IsPlain = true };
}
