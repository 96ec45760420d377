using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Access;

/// <summary>Which web pages may call (1.5). A page that may not is refused, on every method and path.</summary>
internal sealed class OriginRules
{
    private const string Methods = "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS";

    private const string Headers =
        "Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,X-Stainless-Arch,X-Stainless-Async,"
        + "X-Stainless-Custom-Poll-Interval,X-Stainless-Helper-Method,X-Stainless-Lang,X-Stainless-Os,X-Stainless-Package-Version,"
        + "X-Stainless-Poll-Helper,X-Stainless-Retry-Count,X-Stainless-Runtime,X-Stainless-Runtime-Version,X-Stainless-Timeout";

    private static readonly string[] Schemes =
        ["http://", "https://", "chrome-extension://", "safari-extension://", "moz-extension://", "ms-browser-extension://"];

    private static readonly string[] Local = ["localhost", "127.0.0.1", "0.0.0.0"];
    private static readonly string[] Applications = ["app://*", "file://*", "tauri://*", "vscode-webview://*", "vscode-file://*"];

    private static readonly string[] VaryOfPreflight = ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"];

    private readonly bool _all;
    private readonly ImmutableHashSet<string> _exact;
    private readonly ImmutableArray<(string Before, string After)> _wildcards;

    /// <param name="list">Comma list of origins, each with at most one <c>*</c>; has passed <see cref="Check"/>.</param>
    internal OriginRules(string list)
    {
        var entries = Entries(list).Concat(Local.SelectMany(OfHost)).Concat(Applications).ToArray();
        _all = entries.Contains("*");
        _exact = [.. entries.Where(entry => !entry.Contains('*')).Select(entry => entry.Trim().ToLowerInvariant())];
        _wildcards = [.. entries.Where(entry => entry.Contains('*')).Select(Split)];
    }

    /// <summary>What is wrong with a list, or null.</summary>
    internal static string? Check(string list)
    {
        foreach (var entry in Entries(list))
        {
            if (entry.Count(character => character == '*') > 1)
                return $"The origin \"{entry}\" of OLLAMA_ORIGINS has more than one *: write one entry for each.";
            if (!entry.Contains('*') && !Schemes.Any(scheme => entry.StartsWith(scheme, StringComparison.Ordinal)))
            {
                return $"The origin \"{entry}\" of OLLAMA_ORIGINS does not begin with {string.Join(", ", Schemes)}: "
                    + "write a full origin, without a blank before it.";
            }
        }

        return null;
    }

    /// <summary>Writes the headers that the request's origin needs. False when this has answered the request.</summary>
    internal bool Admit(HttpContext context)
    {
        var origin = context.Request.Headers.Origin.ToString();
        var host = context.Request.Headers.Host.ToString();
        if (origin.Length == 0 || origin == "http://" + host || origin == "https://" + host)
            return true;
        if (!IsAllowed(origin))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return false;
        }

        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = _all ? "*" : origin;
        var preflight = HttpMethods.IsOptions(context.Request.Method);
        if (!_all)
            headers.Vary = preflight ? VaryOfPreflight : "Origin";
        if (!preflight)
            return true;

        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = Headers;
        headers.AccessControlMaxAge = "43200";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return false;
    }

    private static string[] Entries(string list) => list.Length == 0 ? [] : list.Split(',');

    private static IEnumerable<string> OfHost(string host) =>
        [$"http://{host}", $"https://{host}", $"http://{host}:*", $"https://{host}:*"];

    private static (string Before, string After) Split(string entry)
    {
        var star = entry.IndexOf('*', StringComparison.Ordinal);
        return (entry[..star], entry[(star + 1)..]);
    }

    private bool IsAllowed(string origin) =>
        _all || _exact.Contains(origin)
        || _wildcards.Any(
            rule => origin.StartsWith(rule.Before, StringComparison.Ordinal) && origin.EndsWith(rule.After, StringComparison.Ordinal));
}
