using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.Sources;

/// <summary>
/// How an https source is entered. git asks for the token through a helper of its configuration, which takes it from the environment of
/// that one call; no argument and no file holds it, and only the source's own hosts are answered.
/// </summary>
internal static class HttpsCredentials
{
    private const string Bearer = "bearer ";

    // The shell's own printf keeps the token out of lists of processes. It may name a user, for servers that want one.
    private const string Helper =
        """!f() { test \"$1\" = get && test -n \"$MODELOPS_GIT_TOKEN\" || exit 0; case $MODELOPS_GIT_TOKEN in *:*) printf 'username=%s\\npassword=%s\\n' \"${MODELOPS_GIT_TOKEN%%:*}\" \"${MODELOPS_GIT_TOKEN#*:}\";; *) printf 'username=x-access-token\\npassword=%s\\n' \"$MODELOPS_GIT_TOKEN\";; esac; }; f""";

    private static bool HasToken(SourceOptions options) => options.TokenFile is not null || options.TokenCommand is not null;

    /// <summary>What a token of the form <c>bearer TOKEN</c> shows; null for one that belongs to a user.</summary>
    internal static string? BearerOf(string token) =>
        token.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? token[Bearer.Length..].Trim() : null;

    /// <summary>The part of git's configuration that answers for the source; empty without a token.</summary>
    internal static string Configuration(SourceOptions options) => HasToken(options)
        ? string.Concat(Authorities(options).Select(authority => $"[credential \"https://{authority}\"]\n    helper = \"{Helper}\"\n"))
        : "";

    /// <summary>What one call that speaks with the source has in its environment.</summary>
    /// <param name="token">As <see cref="SourceToken"/> reads it.</param>
    /// <param name="options">The source.</param>
    /// <param name="engine">Who reads it.</param>
    /// <exception cref="GitSourceException">The engine cannot show such a token.</exception>
    internal static IEnumerable<(string Name, string Value)> Environment(string? token, SourceOptions options, GitEngine engine)
    {
        if (token is null)
            yield break;
        if (BearerOf(token) is not { } bearer)
        {
            yield return (GitEngine.TokenVariable, token);
            yield break;
        }

        if (engine.IsBuiltIn)
            throw Invalid(options, "the built-in git cannot show a bearer token; install git, or give the token as user:token");
        var authorities = Authorities(options).ToArray();
        yield return ("GIT_CONFIG_COUNT", $"{authorities.Length}");
        for (var index = 0; index < authorities.Length; index++)
        {
            yield return ($"GIT_CONFIG_KEY_{index}", $"http.https://{authorities[index]}/.extraHeader");
            yield return ($"GIT_CONFIG_VALUE_{index}", $"Authorization: Bearer {bearer}");
        }
    }

    /// <summary>Looks at what can be known before git is called.</summary>
    /// <exception cref="GitSourceException">The source takes no token, or there is none.</exception>
    internal static void Check(SourceOptions options)
    {
        var isHttps = Authorities(options).Any();
        if (options.TokenFile is not null && options.TokenCommand is not null)
            throw Invalid(options, "--git-token-file and --git-token-command are two ways to the same token; give one of them");
        if (HasToken(options) && !isHttps)
            throw Invalid(options, "a token (--git-token-file or -command) is for https:// sources; an ssh source takes --ssh-key");
        if (options.TokenFile is { } file)
            RequireToken(options, file);
        if ((options.ClientCertificateFile ?? options.ClientKeyFile) is not null && !isHttps)
            throw Invalid(options, "a client certificate (--git-client-cert) is for https:// sources; an ssh source takes --ssh-key");
        if (options.ClientKeyFile is not null && options.ClientCertificateFile is null)
            throw Invalid(options, "--git-client-key needs its certificate, --git-client-cert");
        if (options.Proxy is { } proxy && proxy.Contains('@', StringComparison.Ordinal))
            throw Invalid(options, "a proxy must not hold a user name or password; arguments can be read by everybody on the machine");
    }

    private static void RequireToken(SourceOptions options, string file)
    {
        try
        {
            if (!File.ReadLines(file).Take(1).Any(line => line.Trim().Length > 0))
                throw Invalid(options, $"{file} holds no token; its first line must be the token, user:token, or bearer TOKEN");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Invalid(options, $"the token file {file} cannot be read: {error.Message}");
        }
    }

    /// <summary>Host and port of every address of the source that is an https one.</summary>
    internal static IEnumerable<string> Authorities(SourceOptions options) =>
        options.FurtherLocations.Prepend(options.Location)
            .Select(location => Uri.TryCreate(location, UriKind.Absolute, out var uri) ? uri : null)
            .Where(uri => uri?.Scheme == Uri.UriSchemeHttps).Select(uri => uri!.Authority).Distinct(StringComparer.Ordinal);

    /// <summary>A sentence about a server that does not let us in; null when git failed for another reason.</summary>
    internal static string? Explain(string text, SourceOptions options)
    {
        var asked = text.Contains("terminal prompts disabled", StringComparison.Ordinal)
            || text.Contains("could not read Username", StringComparison.Ordinal)
            || text.Contains("could not read Password", StringComparison.Ordinal);
        if (!asked && !text.Contains("Authentication failed", StringComparison.Ordinal))
            return null;
        return options.TokenFile is { } file ? $"the server refuses the token in {file}; it may have ended, or may not read this repository"
            : options.TokenCommand is not null
                ? "the server refuses the token that --git-token-command prints; it may have ended, or may not read this repository"
            : "the server asks for a password; put a token into a file and name it with --git-token-file, or use ssh with a deploy key";
    }

    /// <summary>Refuses an address that holds a credential, without showing it.</summary>
    internal static void RequireNone(string location)
    {
        var shown = AddressText.OfUntrusted(location);
        const string Instead =
            "arguments can be read by everybody on the machine; put the token (or user:token) into a file that only you can read and name "
            + "it with --git-token-file, or use ssh with a deploy key";
        var scheme = location.IndexOf("://", StringComparison.Ordinal);
        var rest = location[(scheme < 0 ? 0 : scheme + 3)..];
        var authority = rest[..(rest.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? slash : rest.Length)];
        var user = authority.LastIndexOf('@') is >= 0 and var at ? authority[..at] : null;
        if (scheme >= 0 && rest.AsSpan().IndexOfAny('?', '#') >= 0)
            throw Invalid(shown, $"{shown}: a source is an address without '?' and '#'; {Instead}");
        var brokenOff = authority.Contains(':', StringComparison.Ordinal) && rest.Contains('@', StringComparison.Ordinal);
        if (scheme >= 0 && (user is not null || brokenOff) && !location.StartsWith("ssh://", StringComparison.Ordinal))
            throw Invalid(shown, $"{shown}: a source must not hold a user name, a token or a password; {Instead}");
        var hasPassword = user?.Contains(':', StringComparison.Ordinal) == true
            || (scheme < 0
                && user is not null
                && authority.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon
                && colon < user.Length);
        if (hasPassword)
            throw Invalid(shown, $"{shown}: a source must not hold a password; use ssh with a deploy key (--ssh-key)");
    }

    private static GitSourceException Invalid(SourceOptions options, string message) =>
        Invalid(AddressText.OfUntrusted(options.Location), message);

    private static GitSourceException Invalid(string shown, string message) => new(shown, SourceFailure.SourceInvalid, message);
}
