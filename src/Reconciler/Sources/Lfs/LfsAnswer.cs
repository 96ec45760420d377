using System.Text.Json;

namespace ModelOps.Reconciler.Sources.Lfs;

/// <summary>What LFS servers write in JSON.</summary>
internal static class LfsAnswer
{
    private const int MostHeaders = 32;

    /// <summary>An address to go to and what to send there; null when it is none that is encrypted.</summary>
    internal static LfsAccess? Link(JsonElement link)
    {
        if (String(link, "href") is not { } text || !Uri.TryCreate(text, UriKind.Absolute, out var address)
            || address.Scheme != Uri.UriSchemeHttps)
        {
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (Member(link, "header") is { ValueKind: JsonValueKind.Object } header)
        {
            foreach (var one in header.EnumerateObject().Take(MostHeaders))
            {
                if (one.Value.ValueKind == JsonValueKind.String && one.Value.GetString() is { } value && !value.Any(char.IsControl))
                    headers[one.Name] = value;
            }
        }

        return new LfsAccess(address, headers);
    }

    internal static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member)
        && member.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
            ? member
            : null;

    internal static string? String(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;
}
