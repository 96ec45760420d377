using System.Globalization;
using System.Net;

namespace ModelOps.Cli.Client;

/// <summary>Where a server listens or is found: <c>[scheme://]host[:port][/path]</c>, spec/modelfile-and-store.md 7.8.</summary>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Host">A name or an address without brackets; empty for every address of this machine.</param>
/// <param name="Port">0 to 65535.</param>
/// <param name="Path">Empty, or with a slash before and none after.</param>
internal sealed record ServerAddress(string Scheme, string Host, int Port, string Path)
{
    internal const int DefaultPort = 11434;

    private const string Forms = "write HOST:PORT, http://HOST:PORT, https://HOST:PORT or unix:PATH";
    private const string Unix = "unix:";

    /// <summary>The port as it was written when it is not valid, and <see cref="Port"/> is the usual one instead; else null.</summary>
    internal string? BadPort { get; private init; }

    /// <summary>Path of the socket of this machine where it is one, as written; else null.</summary>
    internal string? Socket { get; private init; }

    /// <summary>Base address for requests; an unspecified host is asked on loopback.</summary>
    internal Uri ClientUri
    {
        get
        {
            var host = Host is "" or "0.0.0.0" ? "127.0.0.1" : Host is "::" ? "::1" : Host;
            return new UriBuilder(Scheme, host, Port, Path.Length == 0 ? "/" : Path + "/").Uri;
        }
    }

    /// <summary>
    /// Reads an address as the reference does: blanks and quotes around it are dropped, a bad port becomes the default one
    /// (<see cref="BadPort"/>).
    /// </summary>
    /// <exception cref="FormatException">It is not an address; the message names the part and its fault, but no password.</exception>
    internal static ServerAddress Parse(string? text)
    {
        var value = (text ?? "").Trim().Trim('"', '\'');
        if (value.StartsWith(Unix, StringComparison.Ordinal) && !value.StartsWith(Unix + "//", StringComparison.Ordinal))
            return OfSocket(value[Unix.Length..]);
        var (scheme, defaultPort, rest) = ("http", DefaultPort, value);
        if (value.Split("://", 2) is [var given, var after])
        {
            (scheme, defaultPort) = KnownScheme(given);
            rest = after;
        }
        else if (value == "ollama.com")
        {
            (scheme, defaultPort) = ("https", 443);
        }

        var (authority, path) = rest.Split('/', 2) is [var left, var right] ? (left, "/" + right.TrimEnd('/')) : (rest, "");
        if (authority.Contains('@', StringComparison.Ordinal))
            throw new FormatException($"an address with a user name or a password is not used; {Forms}");
        var (host, port) = SplitPort(authority);
        RequireHost(host);
        if (path.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)) || path.AsSpan().ContainsAny('?', '#'))
            throw new FormatException($"'{path}' is no path of an address; {Forms}");
        var isPort = int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= IPEndPoint.MaxPort;
        return new ServerAddress(scheme, authority.Length == 0 ? "127.0.0.1" : host, isPort ? number : defaultPort, path == "/" ? "" : path)
        {
            BadPort = port is null || isPort ? null : port,
        };
    }

    public override string ToString() => Socket is { } socket ? Unix + socket
        : $"{Scheme}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}{Path}";

    private static ServerAddress OfSocket(string path) => path.Length > 0
        ? new ServerAddress("http", "localhost", 80, "") { Socket = path }
        : throw new FormatException("unix: is followed by the path of a socket");

    private static (string Scheme, int Port) KnownScheme(string scheme) => scheme.ToUpperInvariant() switch
    {
        "HTTP" => ("http", 80),
        "HTTPS" => ("https", 443),
        _ => throw new FormatException($"'{scheme}://' is not spoken; {Forms}"),
    };

    private static (string Host, string? Port) SplitPort(string authority)
    {
        if (authority.StartsWith('['))
        {
            var close = authority.IndexOf(']', StringComparison.Ordinal);
            var after = close < 0 ? "" : authority[(close + 1)..];
            if (close < 0 || (after.Length > 0 && after[0] != ':') || !authority[1..close].Contains(':', StringComparison.Ordinal))
                throw new FormatException($"'{authority}' is no IPv6 address in brackets, such as [::1]:{DefaultPort}");
            return (authority[1..close], after.Length > 0 ? after[1..] : null);
        }

        var colon = authority.LastIndexOf(':');
        // More than one colon without brackets is a bare IPv6 address.
        return colon < 0 || authority.IndexOf(':', StringComparison.Ordinal) != colon
            ? (authority, null)
            : (authority[..colon], authority[(colon + 1)..]);
    }

    private static void RequireHost(string host)
    {
        if (host.Length == 0 || IPAddress.TryParse(host, out _))
            return;
        var isName = !host.Contains(':', StringComparison.Ordinal) && Uri.CheckHostName(host) == UriHostNameType.Dns
            && Uri.TryCreate($"http://{host}/", UriKind.Absolute, out _);
        if (!isName)
            throw new FormatException($"'{host}' is no name or address of a host; {Forms}");
    }
}
