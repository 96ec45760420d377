using System.Globalization;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Limits;

namespace ModelOps.Http.Access;

/// <summary>The headers by which clients learn what they have left: OpenAI's names everywhere, Anthropic's on its surface.</summary>
internal static class RateHeaders
{
    private const string Messages = "/v1/messages";

    internal static void Write(HttpContext context, RequestMeters meters, DateTimeOffset now)
    {
        var headers = context.Response.Headers;
        var isAnthropic = context.Request.Path.StartsWithSegments(Messages, StringComparison.Ordinal);
        foreach (var (kind, limit, left, reset) in meters.Told())
        {
            if (isAnthropic)
            {
                headers[$"anthropic-ratelimit-{kind}-limit"] = Text(limit);
                headers[$"anthropic-ratelimit-{kind}-remaining"] = Text(left);
                headers[$"anthropic-ratelimit-{kind}-reset"] =
                    (now + reset).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
            }
            else
            {
                headers[$"x-ratelimit-limit-{kind}"] = Text(limit);
                headers[$"x-ratelimit-remaining-{kind}"] = Text(left);
                headers[$"x-ratelimit-reset-{kind}"] = $"{Text((long)Math.Ceiling(reset.TotalSeconds))}s";
            }
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
