using System.Text.RegularExpressions;

namespace ModelOps.ModelfileLang.Diagnostics;

/// <summary>Addresses as people may see them: without credentials.</summary>
public static partial class AddressText
{
    /// <summary>
    /// The text with user names, passwords, queries and fragments taken out of every address in it
    /// (<c>https://***@host/x.git?***</c>).
    /// </summary>
    public static string WithoutCredentials(string text) =>
        text.Contains("://", StringComparison.Ordinal) ? Queries().Replace(Users().Replace(text, "://***@"), "${address}${mark}***") : text;

    /// <summary>
    /// One address that may be broken in any way: what could be a part of a credential is taken out. The name of a user before a host
    /// (<c>git@host:path</c>) is not a credential, and a path of this machine holds none.
    /// </summary>
    public static string OfUntrusted(string address)
    {
        if (address.StartsWith('/') || address.StartsWith('.'))
            return address;

        // A '/' in a password makes what follows it look like a path, so the last '@' counts.
        var at = address.LastIndexOf('@');
        var scheme = address.IndexOf("://", StringComparison.Ordinal);
        var start = scheme < 0 ? 0 : scheme + 3;
        var isPlainUser = scheme < 0
            && address[..Math.Max(at, 0)] is { } user
            && user.All(c => char.IsAsciiLetterLower(c) || c is '-' or '_')
            && address.IndexOf(':', Math.Max(at, 0)) > 0;
        var shown = at >= start && !isPlainUser ? address[..start] + "***" + address[at..] : address;
        var end = shown.AsSpan(Math.Min(start, shown.Length)).IndexOfAny('?', '#');
        return scheme >= 0 && end >= 0 ? shown[..(start + end + 1)] + "***" : shown;
    }

    [GeneratedRegex(@"://[^/\s?#'""]*@", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Users();

    [GeneratedRegex(
        @"(?<address>://[^\s?#'""]*)(?<mark>[?#])[^\s'""]+", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Queries();
}
