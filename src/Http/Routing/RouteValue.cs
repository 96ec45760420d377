using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Routing;

/// <summary>The value at the end of the path of a request that is being handled.</summary>
internal static class RouteValue
{
    internal static string Of(HttpContext context) => (string)context.Items[typeof(RouteValue)]!;

    internal static void Set(HttpContext context, string value) => context.Items[typeof(RouteValue)] = value;
}
