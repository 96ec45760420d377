using System.Globalization;

namespace ModelOps.Cli.Client;

/// <summary>Where a server listens or is found: <c>[scheme://]host[:port][/path]</c>, spec/modelfile-and-store.md 7.8.</summary>
internal sealed record ServerAddress(string Scheme, string Host, int Port, string Path)
{
    internal const int DefaultPort = 11434;

    /// <summary>Base address for requests; an unspecified host is asked on loopback.</summary>
    internal Uri ClientUri
    {
        get
        {
            var host = Host is "" or "0.0.0.0" ? "127.0.0.1" : Host is "::" ? "::1" : Host;
            return new UriBuilder(Scheme, host, Port, Path.Length == 0 ? "/" : Path + "/").Uri;
        }
    }

    /// <summary>Reads an address as the reference does: blanks and quotes around it are dropped, a bad port becomes the default one.</summary>
    internal static ServerAddress Parse(string? text)
    {
        var value = (text ?? "").Trim().Trim('"', '\'');
        var (scheme, rest) = value.Split("://", 2) is [var given, var after] ? (given, after) : ("http", value);
        var defaultPort = value.Contains("://", StringComparison.Ordinal)
            ? scheme switch { "http" => 80, "https" => 443, _ => DefaultPort }
            : DefaultPort;
        if (value == "ollama.com")
            (scheme, defaultPort) = ("https", 443);

        var (authority, path) = rest.Split('/', 2) is [var left, var right] ? (left, "/" + right.TrimEnd('/')) : (rest, "");
        var (host, port) = SplitPort(authority);
        return new ServerAddress(
            scheme,
            value.Length == 0 ? "127.0.0.1" : host,
            int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 65535 ? number : defaultPort,
            path == "/" ? "" : path);
    }

    public override string ToString() => $"{Scheme}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}{Path}";

    private static (string Host, string Port) SplitPort(string authority)
    {
        if (authority.StartsWith('[') && authority.IndexOf(']', StringComparison.Ordinal) is > 0 and var close)
            return (authority[1..close], authority[(close + 1)..].TrimStart(':'));
        var colon = authority.LastIndexOf(':');
        // More than one colon without brackets is a bare IPv6 address.
        return colon < 0 || authority.IndexOf(':', StringComparison.Ordinal) != colon
            ? (authority, "")
            : (authority[..colon], authority[(colon + 1)..]);
    }
}
