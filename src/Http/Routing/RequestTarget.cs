using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ModelOps.Http.Routing;

/// <summary>The path of a request as it was sent: the server's own view has dots and double slashes already worked into it.</summary>
/// <param name="Path">Decoded path, of <c>%2F</c> too.</param>
/// <param name="Query">With its question mark, or empty.</param>
internal readonly record struct RequestTarget(string Path, string Query)
{
    private const string Unreserved = "-._~/:@!$&'()*+,;=";

    internal static RequestTarget Of(HttpContext context)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (!raw.StartsWith('/'))
            return new RequestTarget(context.Request.Path.Value ?? "/", context.Request.QueryString.Value ?? "");
        var mark = raw.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? raw : raw[..mark];
        return new RequestTarget(path.Contains('%') ? Uri.UnescapeDataString(path) : path, mark < 0 ? "" : raw[mark..]);
    }

    /// <summary>The path without empty, <c>.</c> and <c>..</c> segments; a slash at the end stays.</summary>
    internal string Cleaned()
    {
        if (!Path.Contains("//", StringComparison.Ordinal) && !Path.Contains("/.", StringComparison.Ordinal))
            return Path;

        var kept = new List<string>();
        foreach (var segment in Path.Split('/'))
        {
            if (segment == ".." && kept.Count > 0)
                kept.RemoveAt(kept.Count - 1);
            else if (segment is not ("" or "." or ".."))
                kept.Add(segment);
        }

        var cleaned = new StringBuilder();
        foreach (var segment in kept)
            cleaned.Append('/').Append(segment);
        return cleaned.Length == 0 ? "/" : Path.EndsWith('/') ? cleaned.Append('/').ToString() : cleaned.ToString();
    }

    /// <summary>The same query at another path, as a <c>Location</c> header writes it: whatever else a path may hold is escaped.</summary>
    internal string LocationOf(string path)
    {
        var location = new StringBuilder();
        foreach (var octet in Encoding.UTF8.GetBytes(path))
            Append(location, octet, char.IsAsciiLetterOrDigit((char)octet) || Unreserved.Contains((char)octet));
        foreach (var octet in Encoding.UTF8.GetBytes(Query))
            Append(location, octet, octet is > (byte)' ' and < 0x7f);
        return location.ToString();
    }

    private static void Append(StringBuilder text, byte octet, bool isPlain)
    {
        if (isPlain)
            text.Append((char)octet);
        else
            text.Append('%').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
    }
}
