using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Replies;

/// <summary>The name of one request, in a header of its reply and in the log, so that both can be found by it.</summary>
internal static class RequestId
{
    private const string Header = "x-request-id";
    private const int Longest = 128;

    /// <summary>Takes the name that the client gives, where it is one, and makes one elsewhere.</summary>
    internal static void Begin(HttpContext context)
    {
        var given = context.Request.Headers[Header].ToString();
        context.Response.Headers[Header] = IsName(given) ? given : ReplyId.New("req_");
    }

    internal static string Of(HttpContext context) =>
        context.Response.Headers[Header].ToString() is { Length: > 0 } id ? id : ReplyId.New("req_");

    private static bool IsName(string text) =>
        text.Length is > 0 and <= Longest && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}
