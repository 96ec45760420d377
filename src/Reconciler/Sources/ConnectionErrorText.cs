using System.Text.RegularExpressions;

namespace ModelOps.Reconciler.Sources;

/// <summary>What ssh, curl and libgit2 say about a connection that did not come about, in one form.</summary>
internal static partial class ConnectionErrorText
{
    /// <summary>The failure and a sentence; null when the text is about something else.</summary>
    internal static (SourceFailure Failure, string Text)? Explain(string text, SourceOptions options)
    {
        if (Refused().Match(text) is { Success: true } refused)
        {
            var host = refused.Groups["host"].Value;
            var port = refused.Groups["port"] is { Success: true } named ? ":" + named.Value : PortOf(options, host);
            return (SourceFailure.FetchFailed, $"cannot connect to {host}{port}: {Reason(refused)}");
        }

        if (Unresolved().Match(text) is { Success: true } unresolved)
        {
            return (
                SourceFailure.FetchFailed,
                $"cannot find the host {unresolved.Groups["host"].Value}; is its name right, and does the name server answer?");
        }

        return Certificate().Match(text) is { Success: true } certificate
            ? (SourceFailure.AuthFailed, Untrusted(certificate.Groups["why"].Value, options))
            : null;
    }

    /// <summary>The certificate of a server of the source is not trusted, and what to do.</summary>
    /// <param name="why">What the library says about it.</param>
    /// <param name="options">How the source is entered.</param>
    internal static string Untrusted(string why, SourceOptions options)
    {
        var advice = options.AuthorityFile is { } file
            ? $"{file} (--git-ca-file) does not have the certificate of its authority"
            : "name the certificate of its authority with --git-ca-file";
        return $"the certificate of the server is not trusted here ({why.Trim(' ', '.')}); {advice}";
    }

    private static string Reason(Match refused) =>
        refused.Groups["why"].Value.Trim() is { Length: > 0 } why && !why.StartsWith("Couldn't connect", StringComparison.Ordinal)
            ? why
            : "Connection refused, or nobody answers there";

    private static string PortOf(SourceOptions options, string host) =>
        options.FurtherLocations.Prepend(options.Location)
            .Select(location => Uri.TryCreate(location, UriKind.Absolute, out var uri) ? uri : null)
            .FirstOrDefault(uri => uri?.Host == host) is { Port: > 0 } found
            ? FormattableString.Invariant($":{found.Port}")
            : "";

    [GeneratedRegex(
        @"(?:connect to host|[Ff]ailed to connect to) (?<host>\S+?)(?: port (?<port>[0-9]+))?(?: after [0-9]+ ms)?: (?<why>.*)$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Refused();

    [GeneratedRegex(
        @"(?:Could not resolve host(?:name)?:? |[Ff]ailed to resolve address for )(?<host>[^\s:]+)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Unresolved();

    [GeneratedRegex(
        @"(?:SSL certificate problem: |server certificate verification failed|certificate verify failed)(?<why>[^\n]*)",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Certificate();
}
