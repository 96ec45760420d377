using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ModelOps.Http.Access;
using ModelOps.Http.Management;
using ModelOps.Http.Replies;

namespace ModelOps.Http.Routing;

/// <summary>Every request passes here: cleaned path, origin, Host, route, in the reference's order (1.5, 1.6).</summary>
internal sealed partial class Gate(RouteTable routes, OriginRules origins, HostRules? hosts, ILogger<Gate> logger)
{
    private const string PlainText = "text/plain";

    internal async Task HandleAsync(HttpContext context)
    {
        var target = RequestTarget.Of(context);
        if (target.Cleaned() is var cleaned && cleaned != target.Path)
        {
            Redirect(context, StatusCodes.Status307TemporaryRedirect, cleaned + target.Query);
            return;
        }

        var method = context.Request.Method;
        var match = routes.Match(method, target.Path);
        if (match.Redirect.Length > 0)
        {
            var status = HttpMethods.IsGet(method) ? StatusCodes.Status301MovedPermanently : StatusCodes.Status307TemporaryRedirect;
            Redirect(context, status, match.Redirect + target.Query);
            return;
        }

        if (match.Allowed?.Length > 0)
            context.Response.Headers.Allow = match.Allowed;
        if (!origins.Admit(context) || hosts?.Admit(context) == false)
            return;
        if (match.Route is { } route)
            await RunAsync(route, match.Value, context);
        else if (match.Allowed?.Length > 0)
            await RefuseAsync(context, StatusCodes.Status405MethodNotAllowed, "405 method not allowed");
        else
            await RefuseAsync(context, StatusCodes.Status404NotFound, "404 page not found");
    }

    /// <summary>The value at the end of the path of a request that is being handled.</summary>
    internal static string ValueOf(HttpContext context) => (string)context.Items[typeof(Gate)]!;

    private async Task RunAsync(Route route, string value, HttpContext context)
    {
        if (value.Length > 0)
            context.Items[typeof(Gate)] = value;
        try
        {
            await route.Handle(context);
            HttpMetrics.Count(route.Method, route.Path, context.Response.StatusCode);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone: there is nobody to answer.
            context.Abort();
        }
#pragma warning disable CA1031 // A bug in one handler must not end the connection's task unseen, and never the daemon.
        catch (Exception error)
#pragma warning restore CA1031
        {
            LogCrashed(error, context.Request.Method, context.Request.Path);
            if (context.Response.HasStarted)
                context.Abort();
            else
                await ApiErrors.WriteAsync(context, StatusCodes.Status500InternalServerError, "internal error; the log of the server tells more");
        }
    }

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

    [LoggerMessage(LogLevel.Critical, "{Method} {Path} failed unexpectedly")]
    private partial void LogCrashed(Exception error, string method, string path);
}
