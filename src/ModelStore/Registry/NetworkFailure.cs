using System.Security.Authentication;

namespace ModelOps.ModelStore.Registry;

/// <summary>Failed connections in words. What the platform says of them often only points to the exception inside.</summary>
public static class NetworkFailure
{
    /// <summary>The cause, without a line break and without a word about exceptions. Of other exceptions their message.</summary>
    public static string Text(Exception error)
    {
        if (error is HttpRequestException request)
        {
            switch (request.HttpRequestError)
            {
                case HttpRequestError.SecureConnectionError:
                    return SecureText(request);
                case HttpRequestError.InvalidResponse:
                    return $"what answers is no HTTP server, or one that wants https ({Innermost(request).Message})";
                case HttpRequestError.ResponseEnded:
                    return "the connection ended before there was an answer";
                case HttpRequestError.ProxyTunnelError:
                    return $"{request.Message} (the proxy is that of the environment; NO_PROXY names hosts that are asked without it)";
            }
        }

        if (error.InnerException is not { } inner)
            return error.Message;
        if (SaysNothing(error.Message))
            return Text(inner);
        return error is HttpRequestException or IOException && !error.Message.Contains(inner.Message, StringComparison.Ordinal)
            ? $"{error.Message.TrimEnd('.')}: {Text(inner)}"
            : error.Message;
    }

    /// <summary>Whether the other side answered a greeting of TLS with something else, as a server of plain http does.</summary>
    public static bool IsPlainHttp(Exception error) =>
        error is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
        && Chain(error).Any(part => part.Message.Contains("frame size", StringComparison.Ordinal)
            || part.Message.Contains("wrong version number", StringComparison.Ordinal)
            || part.Message.Contains("packet length too long", StringComparison.Ordinal)
            || part.Message.Contains("record layer failure", StringComparison.Ordinal));

    /// <summary>What is said of a certificate that is not trusted; null when the error is about something else.</summary>
    public static string? Untrusted(HttpRequestException error) =>
        Chain(error).OfType<AuthenticationException>()
            .FirstOrDefault(part => part.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase))?.Message;

    private static string SecureText(HttpRequestException error)
    {
        if (IsPlainHttp(error))
            return "https was tried, and what answers does not speak TLS; it may speak plain http";
        var cause = Innermost(error);
        if (Untrusted(error) is { } refused)
        {
            return $"https was tried, and the certificate is not trusted: {refused.TrimEnd('.')}; "
                + "SSL_CERT_FILE names a file with further authorities";
        }

        return $"https was tried, and TLS was not agreed on: {cause.Message}";
    }

    private static bool SaysNothing(string message) =>
        message.Contains("see inner exception", StringComparison.OrdinalIgnoreCase)
            || message.StartsWith("An error occurred while sending the request", StringComparison.Ordinal);

    private static Exception Innermost(Exception error) => Chain(error).Last();

    private static IEnumerable<Exception> Chain(Exception error)
    {
        for (var part = error; part is not null; part = part.InnerException)
            yield return part;
    }
}
