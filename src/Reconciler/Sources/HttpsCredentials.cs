using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.Reconciler.Sources;

/// <summary>
/// How an https source is entered: with a token that lies in a file of the operator. git asks for it through a helper of its configuration;
/// only the file's name is an argument or in the environment of any process, and only the source's own host is answered.
/// </summary>
internal static class HttpsCredentials
{
    /// <summary>Environment variable that names the file to the helper.</summary>
    internal const string Variable = "MODELOPS_GIT_TOKEN_FILE";

    // The shell's own read and printf keep the token out of lists of processes. The file may name a user, for servers that want one.
    private const string Helper =
        """!f() { test \"$1\" = get || exit 0; IFS= read -r t < \"$MODELOPS_GIT_TOKEN_FILE\" || test -n \"$t\" || exit 1; case $t in *:*) printf 'username=%s\\npassword=%s\\n' \"${t%%:*}\" \"${t#*:}\";; *) printf 'username=x-access-token\\npassword=%s\\n' \"$t\";; esac; }; f""";

    /// <summary>The part of git's configuration that answers for the source; empty without a token.</summary>
    internal static string Configuration(SourceOptions options) =>
        options.TokenFile is not null && Uri.TryCreate(options.Location, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps
            ? $"[credential \"https://{uri.Authority}\"]\n    helper = \"{Helper}\"\n"
            : "";

    /// <summary>Looks at the file before git needs it.</summary>
    /// <exception cref="GitSourceException">The file holds no token, or the source takes none.</exception>
    internal static void Check(SourceOptions options)
    {
        if (options.TokenFile is not { } file)
            return;
        if (!options.Location.StartsWith("https://", StringComparison.Ordinal))
            throw Invalid(options, "--git-token-file is for https:// sources; an ssh source takes --ssh-key");
        try
        {
            if (!File.ReadLines(file).Take(1).Any(line => line.Trim().Length > 0))
                throw Invalid(options, $"{file} holds no token; its first line must be the token, or user:token");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Invalid(options, $"the token file {file} cannot be read: {error.Message}");
        }
    }

    /// <summary>A sentence about a server that does not let us in; null when git failed for another reason.</summary>
    internal static string? Explain(string text, SourceOptions options)
    {
        var asked = text.Contains("terminal prompts disabled", StringComparison.Ordinal)
            || text.Contains("could not read Username", StringComparison.Ordinal)
            || text.Contains("could not read Password", StringComparison.Ordinal);
        if (!asked && !text.Contains("Authentication failed", StringComparison.Ordinal))
            return null;
        return options.TokenFile is { } file
            ? $"the server refuses the token in {file}; it may have ended, or may not read this repository"
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
