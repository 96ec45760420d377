using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace ModelOps.Reconciler.Sources;

/// <summary>What ssh says on behalf of git: host keys, our own key, and the program itself.</summary>
internal static partial class SshErrorText
{
    private static readonly string[] s_chatter =
        ["debug1: ", "OpenSSH_", "Authenticated to ", "Authenticated using ", "Transferred: ", "Bytes per second: "];

    /// <summary>The failure and a sentence with the next step; null when the failure is not ssh's.</summary>
    internal static (SourceFailure Failure, string Text)? Explain(string text, SourceOptions options)
    {
        if (text.Contains("REMOTE HOST IDENTIFICATION HAS CHANGED", StringComparison.Ordinal))
            return (SourceFailure.HostKeyMismatch, Changed(text));
        if (text.Contains("Host key verification failed", StringComparison.Ordinal))
            return (SourceFailure.HostKeyUnknown, Unknown(text, options));
        if (text.Contains("Permission denied (", StringComparison.Ordinal))
            return (SourceFailure.AuthFailed, Refused(text, options));
        return NotFound().IsMatch(text)
            ? (SourceFailure.GitMissing, "the ssh program cannot be started; install OpenSSH's client and make sure that it is in the PATH")
            : null;
    }

    /// <summary>The lines that mean something to people. ssh runs with debug messages on, for the fingerprint among them.</summary>
    internal static string[] WithoutChatter(string text) =>
    [
        .. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !s_chatter.Any(start => line.StartsWith(start, StringComparison.Ordinal))),
    ];

    private static string Changed(string text)
    {
        var host = HasChanged().Match(text) is { Success: true } named ? named.Groups["host"].Value : "the server";
        var (known, place) = Offending().Match(text) is { Success: true } entry
            ? ($"{entry.Groups["type"].Value} {KnownFingerprint(entry.Groups["file"].Value, entry.Groups["line"].Value)}",
                $"{entry.Groups["file"].Value}:{entry.Groups["line"].Value}")
            : ("another one", "the known hosts file");
        var file = place.Contains(':', StringComparison.Ordinal) ? place[..place.LastIndexOf(':')] : "FILE";
        return $"WARNING: the ssh host key of {host} has CHANGED. Known is {known} ({place}), and the server shows {Shown(text)}. "
            + "Somebody may stand between here and the server; "
            + $"nothing was fetched. Only when who runs the server confirms the new fingerprint: ssh-keygen -f {file} -R '{host}', then "
            + "add the new key there";
    }

    private static string Unknown(string text, SourceOptions options)
    {
        var host = NotKnown().Match(text) is { Success: true } named ? named.Groups["host"].Value : null;
        var place = host is null ? "HOST"
            : Bracketed().Match(host) is { Success: true } pair ? $"{pair.Groups["host"].Value}:{pair.Groups["port"].Value}"
            : host;
        var file = options.KnownHostsFile is { } own ? $" --known-hosts {own}" : "";
        return $"the ssh host key of {host ?? "the server"} is not known: it shows {Shown(text)}. "
            + "Compare that with the fingerprint that the server's owner publishes, then add the key: "
            + $"modelops trust hosts add {place}{file}";
    }

    private static string Refused(string text, SourceOptions options)
    {
        if (options.SshKeyFile is not { } key)
        {
            return "the server refuses the keys of the ssh agent and of ~/.ssh, or there are none; "
                + "name one with --ssh-key and add its public half to the repository as a deploy key";
        }
        if (text.Contains("UNPROTECTED PRIVATE KEY FILE", StringComparison.Ordinal))
            return $"ssh does not use the key {key}, because others can read it; run: chmod 600 {key}";
        if (text.Contains("not accessible", StringComparison.Ordinal))
            return $"the ssh key {key} cannot be read; --ssh-key must name a private key";
        return text.Contains("Load key ", StringComparison.Ordinal) && !text.Contains("Server accepts key", StringComparison.Ordinal)
            ? $"the ssh key {key} cannot be used: it is no private key, or has a pass phrase (add it to an agent then, or name one without)"
            : $"the server refuses the ssh key {key}; add its public half ({key}.pub) to the repository as a deploy key, or name another "
                + "one with --ssh-key";
    }

    /// <summary>The key that the server showed, from ssh's warning or else from its debug messages.</summary>
    private static string Shown(string text) =>
        Sent().Match(text) is { Success: true } sent ? $"{sent.Groups["type"].Value} {sent.Groups["print"].Value}"
        : ServerKey().Match(text) is { Success: true } key ? $"{key.Groups["type"].Value} {key.Groups["print"].Value}"
        : "a key that ssh does not name";

    /// <summary>Fingerprint of a line of a known hosts file, as ssh writes it.</summary>
    private static string KnownFingerprint(string file, string line)
    {
        const string Unreadable = "(its file cannot be read)";
        try
        {
            var fields = File.ReadLines(file)
                .ElementAtOrDefault(int.Parse(line, System.Globalization.CultureInfo.InvariantCulture) - 1)?.Split(
                    ' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
            var key = fields.FirstOrDefault(field => field.StartsWith("AAAA", StringComparison.Ordinal));
            return key is null
                ? Unreadable
                : "SHA256:" + Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(key))).TrimEnd('=');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or OverflowException)
        {
            return Unreadable;
        }
    }

    [GeneratedRegex(
        @"^(?:Host key for|Host key of) (?<host>\S+) has changed",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex HasChanged();

    [GeneratedRegex(
        @"^Offending (?<type>\S+) key in (?<file>.+):(?<line>[0-9]+)\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Offending();

    [GeneratedRegex(
        @"^The fingerprint for the (?<type>\S+) key sent by the remote host is\s+(?<print>\S+?)\.?\s*$",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Sent();

    [GeneratedRegex(
        @"^debug1: Server host key: (?<type>\S+) (?<print>\S+)",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ServerKey();

    [GeneratedRegex(
        @"^No (?:\S+) host key is known for (?<host>\S+) and",
        RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NotKnown();

    [GeneratedRegex(@"^\[(?<host>[^\]]+)\]:(?<port>[0-9]+)$", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Bracketed();

    [GeneratedRegex(@"\bssh: (?:command )?not found|cannot (?:run|exec|spawn) '?ssh", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NotFound();
}
