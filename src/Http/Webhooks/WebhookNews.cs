using System.Collections.Immutable;
using System.Text.Json;

namespace ModelOps.Http.Webhooks;

/// <summary>What a body says of where something is new. It is a hint and no more: what is there is verified in any case.</summary>
internal static class WebhookNews
{
    private const int MostDepth = 64;
    private const string Heads = "refs/heads/";

    /// <summary>Whether a body may be about a source. It is where the body does not say something else.</summary>
    /// <exception cref="JsonException">The body is no JSON.</exception>
    internal static bool IsAbout(byte[] body, ImmutableArray<string> addresses, string? branch)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = MostDepth });
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new JsonException("the body is no object");
        var root = document.RootElement;
        var branches = BranchesOf(root).ToArray();
        if (branch is not null && branches.Length > 0 && !branches.Contains(branch, StringComparer.Ordinal))
            return false;
        var known = addresses.Select(Place).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var named = AddressesOf(root).Select(Place).ToArray();
        return known.Count == 0 || named.Length == 0 || named.Any(known.Contains);
    }

    /// <summary><c>host/path</c> of an address, however it is spelled.</summary>
    internal static string Place(string address)
    {
        var text = address.Trim().TrimEnd('/');
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
            text = text[(scheme + 3)..];
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0 && (slash < 0 || at < slash))
            text = text[(at + 1)..];
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
        {
            var rest = text[(colon + 1)..];
            var digits = rest.TakeWhile(char.IsAsciiDigit).Count();
            text = text[..colon] + "/" + rest[(digits < rest.Length && rest[digits] == '/' ? digits : 0)..].TrimStart('/');
        }

        return text.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? text[..^4] : text;
    }

    /// <summary>GitHub, GitLab, Gitea and Forgejo have <c>ref</c>; Bitbucket has a list of changes.</summary>
    private static IEnumerable<string> BranchesOf(JsonElement root)
    {
        if (Text(root, "ref") is { } reference)
            yield return reference.StartsWith(Heads, StringComparison.Ordinal) ? reference[Heads.Length..] : reference;
        if (Member(Member(root, "push"), "changes") is { ValueKind: JsonValueKind.Array } changes)
        {
            foreach (var change in changes.EnumerateArray())
            {
                if (Text(Member(change, "new"), "name") is { } name)
                    yield return name;
            }
        }
    }

    private static IEnumerable<string> AddressesOf(JsonElement root)
    {
        foreach (var holder in new[] { Member(root, "repository"), Member(root, "project") })
        {
            foreach (var key in new[] { "clone_url", "ssh_url", "html_url", "git_http_url", "git_ssh_url", "http_url", "web_url" })
            {
                if (Text(holder, key) is { } address)
                    yield return address;
            }

            if (Text(Member(Member(holder, "links"), "html"), "href") is { } link)
                yield return link;
        }
    }

    private static JsonElement Member(JsonElement holder, string name) =>
        holder.ValueKind == JsonValueKind.Object && holder.TryGetProperty(name, out var value) ? value : default;

    private static string? Text(JsonElement holder, string name) =>
        Member(holder, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
