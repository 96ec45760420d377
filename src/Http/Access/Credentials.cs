using System.Text;
using Microsoft.AspNetCore.Http;

namespace ModelOps.Http.Access;

/// <summary>
/// The secrets that a request shows: <c>Authorization: Bearer</c>, <c>x-api-key</c>, or the password of basic credentials.
/// </summary>
internal static class Credentials
{
    private const string Bearer = "Bearer ";
    private const string Basic = "Basic ";
    private const int Longest = 4096;

    /// <summary>The header of Anthropic's clients.</summary>
    internal const string KeyHeader = "x-api-key";

    /// <summary>All that are shown; one that cannot be read is shown as an empty text.</summary>
    internal static IEnumerable<string> Of(IHeaderDictionary headers)
    {
        foreach (var value in headers[KeyHeader])
            yield return value?.Trim() ?? "";
        foreach (var value in headers.Authorization)
            yield return OfAuthorization(value ?? "");
    }

    private static string OfAuthorization(string value)
    {
        if (value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return value[Bearer.Length..].Trim();
        return value.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) && value.Length <= Longest
            ? Password(value[Basic.Length..].Trim())
            : "";
    }

    private static string Password(string encoded)
    {
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length))
            return "";
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? "" : pair[(colon + 1)..];
    }
}
