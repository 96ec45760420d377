using System.Collections.Frozen;

namespace ModelOps.Http.Routing;

/// <summary>
/// Paths to handlers, with the reference's rules (1.6) that the framework's routing does not have: case counts, a known path answers
/// another method with 405 and <c>Allow</c>, and one slash too many is redirected.
/// </summary>
internal sealed class RouteTable
{
    private static readonly string[] MethodOrder = ["HEAD", "GET", "POST", "DELETE"];

    private readonly FrozenDictionary<string, Route[]> _exact;
    private readonly Route[] _prefixed;

    internal RouteTable(IEnumerable<Route> routes)
    {
        var all = routes.ToArray();
        _exact = all.Where(route => !route.HasValue).GroupBy(route => route.Path, StringComparer.Ordinal)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray(), StringComparer.Ordinal);
        _prefixed = [.. all.Where(route => route.HasValue)];
    }

    /// <summary>The handler, or the reason why no handler fits.</summary>
    internal RouteMatch Match(string method, string path)
    {
        var found = Find(path, out var value);
        if (Array.Find(found, route => route.Method == method) is { } route)
            return new RouteMatch(route, value, "", "");
        if (path.Length > 1 && path.EndsWith('/') && Array.Exists(Find(path[..^1], out _), known => known.Method == method))
            return new RouteMatch(null, "", "", path[..^1]);
        var allowed = MethodOrder.Where(known => Array.Exists(found, route => route.Method == known));
        return new RouteMatch(null, "", string.Join(", ", allowed), "");
    }

    /// <summary>Some method has this path.</summary>
    internal bool Knows(string path) => Find(path, out _).Length > 0;

    private Route[] Find(string path, out string value)
    {
        value = "";
        if (_exact.TryGetValue(path, out var exact))
            return exact;

        var found = Array.FindAll(_prefixed, route => Fits(route, path));
        if (found.Length > 0)
            value = path[found[0].Path.Length..];
        return found;
    }

    private static bool Fits(Route route, string path) =>
        path.Length > route.Path.Length && path.StartsWith(route.Path, StringComparison.Ordinal)
        && !path.EndsWith('/') && (route.ManySegments || !path.AsSpan(route.Path.Length).Contains('/'));
}

/// <summary>What the table knows of a request.</summary>
/// <param name="Route">What answers it; null when nothing does.</param>
/// <param name="Value">The value at the end of the path.</param>
/// <param name="Allowed">Methods of the path, when the requested one is not among them.</param>
/// <param name="Redirect">Path without the slash too many, or empty.</param>
internal readonly record struct RouteMatch(Route? Route, string Value, string Allowed, string Redirect);
