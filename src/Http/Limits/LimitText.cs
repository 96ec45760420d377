using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Limits;

/// <summary>The error text for a client that hit a limit: the limit, and the setting that changes it.</summary>
internal static class LimitText
{
    internal static RequestException BodyTooLarge(HttpLimits limits) => new(
        StatusCodes.Status413PayloadTooLarge,
        $"the request body is larger than {HttpLimits.Size(limits.MaxBody)}, the most that this server takes "
            + $"({HttpLimits.MaxBodySetting})");

    internal static RequestException BodiesTooLarge(HttpLimits limits, long held) => new(
        StatusCodes.Status503ServiceUnavailable,
        $"the server holds {HttpLimits.Size(held)} of request bodies already, some times its {HttpLimits.MaxBodySetting} of "
            + $"{HttpLimits.Size(limits.MaxBody)}; try again later");

    internal static string Connections(HttpLimits limits) =>
        $"the server has {limits.MaxConnections.ToString(CultureInfo.InvariantCulture)} connections, as many as it takes "
            + $"({HttpLimits.MaxConnectionsSetting}); try again later";

    /// <summary>What the web server itself found wrong with a request.</summary>
    /// <param name="error">Its error.</param>
    /// <param name="limits">The limits that hold.</param>
    /// <param name="inBody">The head was read already.</param>
    internal static RequestException Of(BadHttpRequestException error, HttpLimits limits, bool inBody) => error.StatusCode switch
    {
        StatusCodes.Status408RequestTimeout => new RequestException(error.StatusCode, inBody
            ? $"the request body came slower than {HttpLimits.Size(limits.BodyRate)} a second ({HttpLimits.BodyRateSetting})"
            : $"the head of the request was not complete after {Seconds(limits.HeaderTimeout)} ({HttpLimits.HeaderTimeoutSetting})"),
        StatusCodes.Status413PayloadTooLarge => BodyTooLarge(limits),
        StatusCodes.Status414UriTooLong => new RequestException(error.StatusCode, $"the request line is longer than {MaxHeader(limits)}"),
        StatusCodes.Status431RequestHeaderFieldsTooLarge =>
            new RequestException(error.StatusCode, $"the request headers are longer than {MaxHeader(limits)}"),
        var status => new RequestException(status, error.Message) { IsPlain = inBody },
    };

    private static string MaxHeader(HttpLimits limits) =>
        $"{HttpLimits.Size(limits.MaxHeaderBytes)}, the most that this server takes ({HttpLimits.MaxHeaderBytesSetting})";

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s";
}
