using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ModelOps.Http.Access;
using ModelOps.Http.Limits;
using ModelOps.Http.Listening;
using ModelOps.Http.Metrics;
using ModelOps.Http.Replies;
using ModelOps.Http.Routing;

namespace ModelOps.Http;

/// <summary>Every request passes here: origin, Host, cleaned path, route, in the reference's order (1.5, 1.6); then who makes it.</summary>
internal sealed partial class Gate(
    IncomingBodies bodies, RouteTable routes, OriginRules origins, HostRules hosts, ForwardedAddresses forwarded, Turnstile turnstile,
    ILogger<Gate> logger)
{
    private const string PlainText = "text/plain";

    private static RequestException Unexpected =>
        new(StatusCodes.Status500InternalServerError, "internal error; the log of the server tells more");

    internal async Task HandleAsync(HttpContext context)
    {
        var connection = context.Features.Get<OpenConnection>();
        connection?.Begin();
        try
        {
            RequestId.Begin(context);
            context.Features.Set(bodies);
            forwarded.Apply(context);
            await AnswerAsync(context);
        }
        finally
        {
            connection?.End();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var target = RequestTarget.Of(context);
        var method = context.Request.Method;
        var cleaned = target.Cleaned();
        var match = routes.Match(method, cleaned);
        if (match.Allowed?.Length > 0 && cleaned == target.Path)
            context.Response.Headers.Allow = match.Allowed;
        if (!origins.Admit(context) || (context.Features.Get<LocalPeer>() is null && !hosts.Admit(context)))
            return;
        if (match.Redirect.Length > 0 && cleaned == target.Path)
        {
            var status = HttpMethods.IsGet(method) ? StatusCodes.Status301MovedPermanently : StatusCodes.Status307TemporaryRedirect;
            Redirect(context, status, target.LocationOf(match.Redirect));
        }
        else if (cleaned != target.Path && (match.Redirect.Length > 0 || routes.Knows(cleaned)))
            Redirect(context, StatusCodes.Status307TemporaryRedirect, target.LocationOf(cleaned));
        else if (cleaned != target.Path)
            await RefuseAsync(context, StatusCodes.Status404NotFound, "404 page not found");
        else if (match.Route is { } route)
            await RunAsync(route, match.Value, context);
        else if (match.Allowed?.Length > 0)
            await RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "405 method not allowed");
        else
            await RefuseAsync(context, StatusCodes.Status404NotFound, "404 page not found");
    }

    private async Task RunAsync(Route route, string value, HttpContext context)
    {
        if (value.Length > 0)
            RouteValue.Set(context, value);
        try
        {
            var caller = turnstile.Admit(context, route.Scope, route.Path);
            using var watch = turnstile.Watch(context, caller);
            await route.Handle(context);
            HttpMetrics.Count(route.Method, route.Path, context.Response.StatusCode);
            if (caller.Key is { } key)
                HttpMetrics.CountOfKey(key.Name, context.Response.StatusCode);
        }
        catch (RequestException refused)
        {
            // The route never saw it: what a route refuses it answers itself.
            await Envelopes.WriteAsync(context, context.Request.Path, refused);
            HttpMetrics.Count(route.Method, route.Path, context.Response.StatusCode);
        }
        catch (Exception error) when (HasGone(error, context))
        {
            // The client has gone, so no answer is sent.
            context.Abort();
        }
#pragma warning disable CA1031 // A bug in one handler must not end the connection's task unseen, and never the daemon.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogCrashed(error, context.Request.Method, context.Request.Path, RequestId.Of(context));
            if (context.Response.HasStarted)
                context.Abort();
            else
                await Envelopes.WriteAsync(context, context.Request.Path, Unexpected);
        }
    }

    // A reset may be seen by a read before the request counts as aborted.
    private static bool HasGone(Exception error, HttpContext context) =>
        error is ConnectionResetException or ConnectionAbortedException
        || (error is OperationCanceledException or BadHttpRequestException && context.RequestAborted.IsCancellationRequested);

    private static void Redirect(HttpContext context, int status, string location)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.Location = location;
    }

    private static Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = PlainText;
        if (HttpMethods.IsHead(context.Request.Method))
            return Task.CompletedTask;
        context.Response.ContentLength = text.Length;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }

    [LoggerMessage(LogLevel.Critical, "{Method} {Path} failed unexpectedly ({Request})")]
    private partial void LogCrashed(Exception error, string method, string path, string request);
}
