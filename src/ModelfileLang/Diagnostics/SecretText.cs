using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace ModelOps.ModelfileLang.Diagnostics;

/// <summary>A piece of text that looks like a secret.</summary>
/// <param name="Kind">What it looks like.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">How long it is.</param>
public sealed record SecretFinding(string Kind, int Offset, int Length);

/// <summary>Finds and masks what looks like a token, a key or a password.</summary>
public static partial class SecretText
{
    private static ImmutableArray<(string Kind, Regex Pattern)> Patterns { get; } =
    [
        ("a Hugging Face token", HuggingFace()),
        ("an API key", ApiKey()),
        ("a GitHub token", GitHub()),
        ("a GitLab token", GitLab()),
        ("a Slack token", Slack()),
        ("an AWS access key", Aws()),
        ("a Google API key", Google()),
        ("a signed token", JsonWebToken()),
        ("a private key", PrivateKey()),
        ("a password", Password()),
        ("a password in an address", AddressPassword()),
    ];

    /// <summary>Every pattern needs one of these, and most texts have none.</summary>
    private static SearchValues<string> Signs { get; } = SearchValues.Create(
        [
            "hf_", "sk-", "nvapi-", "gsk_", "xai-", "r8_", "npm_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_", "glpat-", "xox",
            "akia", "asia", "aiza", "eyj", "begin ", "passw", "key", "secret", "token", "://",
        ],
        StringComparison.OrdinalIgnoreCase);

    /// <summary>Everything that looks like a secret, in order; pieces do not overlap.</summary>
    public static ImmutableArray<SecretFinding> Find(string text)
    {
        if (!text.AsSpan().ContainsAny(Signs))
            return [];

        var findings = new List<SecretFinding>();
        foreach (var (kind, pattern) in Patterns)
        {
            foreach (Match match in pattern.Matches(text))
            {
                var group = match.Groups["secret"] is { Success: true } secret ? secret : match;
                if (!findings.Exists(other => group.Index < other.Offset + other.Length && other.Offset < group.Index + group.Length))
                    findings.Add(new SecretFinding(kind, group.Index, group.Length));
            }
        }

        return [.. findings.OrderBy(finding => finding.Offset)];
    }

    /// <summary>The text with every secret replaced.</summary>
    public static string Mask(string text)
    {
        var masked = new StringBuilder();
        var end = 0;
        foreach (var finding in Find(text))
        {
            masked.Append(text, end, finding.Offset - end).Append("(hidden)");
            end = finding.Offset + finding.Length;
        }

        return masked.Append(text, end, text.Length - end).ToString();
    }

#pragma warning disable MA0009 // Every repetition is bounded or ends its pattern, so no text takes more than a few steps per character.
    [GeneratedRegex(@"\bhf_[A-Za-z0-9]{20,}")]
    private static partial Regex HuggingFace();

    [GeneratedRegex(@"\b(?:sk-(?:[a-z]{1,10}-){0,3}|nvapi-|gsk_|xai-|r8_|npm_)(?=[A-Za-z_-]{0,40}[0-9])[A-Za-z0-9_-]{20,}")]
    private static partial Regex ApiKey();

    [GeneratedRegex(@"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})")]
    private static partial Regex GitHub();

    [GeneratedRegex(@"\bglpat-[A-Za-z0-9_-]{20,}")]
    private static partial Regex GitLab();

    [GeneratedRegex(@"\bxox[abprs]-[A-Za-z0-9-]{10,}")]
    private static partial Regex Slack();

    [GeneratedRegex(@"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")]
    private static partial Regex Aws();

    [GeneratedRegex(@"\bAIza[A-Za-z0-9_-]{35}")]
    private static partial Regex Google();

    [GeneratedRegex(@"\beyJ[A-Za-z0-9_-]{10,1000}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{10,1000}")]
    private static partial Regex JsonWebToken();

    [GeneratedRegex(@"-----BEGIN (?:[A-Z]{1,20} ){0,2}PRIVATE KEY-----")]
    private static partial Regex PrivateKey();

    [GeneratedRegex(
        @"\b(?:password|passwd|api[_-]?key|secret|access[_-]?token)\b[ \t]{0,4}[:=][ \t]{0,4}[""']?(?<secret>(?=[^\s""']{0,60}[0-9])(?=[^\s""']{0,60}[A-Za-z])[A-Za-z0-9+/_.~!$%^&*-]{10,})",
        RegexOptions.IgnoreCase)]
    private static partial Regex Password();

    [GeneratedRegex(@"\bhttps?://[^\s/:@]{1,100}:(?<secret>[^\s/@]{3,200})@", RegexOptions.IgnoreCase)]
    private static partial Regex AddressPassword();
#pragma warning restore MA0009
}
