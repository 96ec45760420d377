using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ModelOps.Http.Keys;
using ModelOps.Http.Limits;
using ModelOps.Http.Listening;
using ModelOps.Http.Metrics;

namespace ModelOps.Http.Access;

/// <summary>
/// Says who makes a request. Where keys are not needed, credentials that are none of ours mean nothing, as in the reference; a key that is
/// shown counts everywhere, and one that is not in force is refused everywhere.
/// </summary>
/// <param name="keys">The keys; null when there can be none.</param>
/// <param name="required">Whoever comes over the network needs one.</param>
/// <param name="time">The clock of the limit of failures.</param>
/// <param name="logger">Takes failures, without what was shown.</param>
internal sealed partial class Authentication(KeyRing? keys, bool required, TimeProvider time, ILogger<Authentication> logger)
{
    // A key cannot be guessed; this only keeps those who try from filling the log and taking the processor.
    private const double FailureBurst = 20;
    private const double FailuresPerSecond = 0.2;
    private const double LogBurst = 3;
    private const double LogsPerSecond = 0.02;

    private const string Page = "/ui";

    private static readonly TimeSpan s_afterFailures = TimeSpan.FromSeconds(1 / FailuresPerSecond);

    private readonly CallerLimit _failures = new(FailureBurst, FailuresPerSecond, time);
    private readonly CallerLimit _logs = new(LogBurst, LogsPerSecond, time);

    /// <summary>Who makes the request.</summary>
    /// <exception cref="RequestException">
    /// 400: a key stands in the address; 401: the route needs a key, or the one that is shown is not in force; 403: it may not do this;
    /// 429: too many failures.
    /// </exception>
    internal Caller Identify(HttpContext context, KeyScope wanted, string path)
    {
        var caller = Shown(context, wanted == KeyScope.None, path);
        if (caller.Scopes.Allow(wanted))
            return caller;
        if (caller == Caller.Nobody)
        {
            Challenge(context, path);
            throw Fail(
                context, path, "missing", "this needs a key: send it as 'Authorization: Bearer KEY' or 'x-api-key: KEY'; "
                    + "'modelops keys create NAME --scope infer' on the server makes one");
        }

        HttpMetrics.CountRefused("scope");
        throw new RequestException(
            StatusCodes.Status403Forbidden,
            $"the key {caller.Key?.Name} may {KeyScopes.Write(caller.Scopes)}, and this needs {OneOf(wanted)}");
    }

    private Caller Shown(HttpContext context, bool isOpen, string path)
    {
        var peer = context.Features.Get<LocalPeer>();
        LiveKey? live = null;
        var wrong = false;
        foreach (var text in Credentials.Of(context.Request.Headers))
        {
            var isOurs = text.StartsWith(KeyText.Prefix, StringComparison.Ordinal);
            var found = isOurs ? keys?.Find(text) : null;
            wrong |= found is null ? isOurs || (required && peer is null) : live is not null && live != found;
            live ??= found;
        }

        if (wrong && !isOpen)
        {
            Challenge(context, path);
            throw Fail(context, path, "wrong", "this key is not in force: it is wrong, revoked or over");
        }

        return live is not null && !wrong ? Caller.With(live)
            : peer is not null ? Caller.Of(peer.User)
            : required ? Caller.Nobody
            : Caller.Anybody;
    }

    private RequestException Fail(HttpContext context, string path, string reason, string message)
    {
        HttpMetrics.CountRefused(reason);
        var address = context.Connection.RemoteIpAddress;
        if (!_failures.Admits(address))
        {
            return RequestException.TooMany(
                $"too many requests of this address had no key, or a wrong one; {message}", s_afterFailures);
        }

        if (_logs.Admits(address))
            LogFailed(address?.ToString() ?? "unknown", context.Request.Method, path, reason);
        return new RequestException(StatusCodes.Status401Unauthorized, message);
    }

    /// <summary>A browser asks its user for a password on the page; a program is told how to show its key.</summary>
    private static void Challenge(HttpContext context, string path) => context.Response.Headers.WWWAuthenticate =
        path == Page ? "Basic realm=\"modelops\", charset=\"UTF-8\"" : "Bearer realm=\"modelops\"";

    private static string OneOf(KeyScope wanted) => KeyScopes.Write(wanted).Replace(",", " or ", StringComparison.Ordinal);

    [LoggerMessage(LogLevel.Warning, "{Address} asked {Method} {Path} with a {Reason} key")]
    private partial void LogFailed(string address, string method, string path, string reason);
}
