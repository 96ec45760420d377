using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ModelOps.Http.Replies;

namespace ModelOps.Http.Anthropic;

/// <summary>The envelope of Anthropic's surface (6.9).</summary>
internal static class AnthropicErrors
{
    private const int Overloaded = 529;

    /// <summary>Writes a failure of the inner handler.</summary>
    internal static Task WriteAsync(HttpContext context, Failure failure) => failure.IsPlain
        ? PlainErrors.WriteAsync(context, failure.Status, failure.Message)
        : WriteAsync(context, failure.Status, failure.Message, JsonReply.Plain);

    /// <summary>Turns what this surface itself refuses into the envelope.</summary>
    internal static RequestDelegate Guard(RequestDelegate handle) => ErrorGuard.Of(handle, WriteAsync, JsonReply.Plain);

    /// <summary>Writes the members that a reply and an event share.</summary>
    internal static void Write(Utf8JsonWriter json, int status, string message)
    {
        json.WriteString("type"u8, "error");
        json.WriteStartObject("error"u8);
        json.WriteString("type"u8, TypeOf(status));
        json.WriteString("message"u8, message);
        json.WriteEndObject();
    }

    /// <summary>Writes an error in the envelope.</summary>
    internal static Task WriteAsync(HttpContext context, int status, string message, string contentType) =>
        JsonReply.WriteAsync(context, status, contentType, json =>
        {
            json.WriteStartObject();
            Write(json, status, message);
            json.WriteString("request_id"u8, RequestId.Of(context));
            json.WriteEndObject();
        });

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status400BadRequest => "invalid_request_error",
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status404NotFound => "not_found_error",
        StatusCodes.Status413PayloadTooLarge => "request_too_large",
        StatusCodes.Status408RequestTimeout or StatusCodes.Status414UriTooLong or StatusCodes.Status431RequestHeaderFieldsTooLarge =>
            "invalid_request_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        StatusCodes.Status503ServiceUnavailable or Overloaded => "overloaded_error",
        _ => "api_error",
    };
}
