using ModelOps.Http.Reading;

namespace ModelOps.Http.OpenAi;

/// <summary>Images in data URIs.</summary>
internal static class ImageData
{
    private static readonly string[] Heads =
        ["data:image/jpeg;base64,", "data:image/jpg;base64,", "data:image/png;base64,", "data:image/webp;base64,", "data:;base64,"];

    internal static ReadOnlyMemory<byte> Read(string url)
    {
        if (url.StartsWith("http://", StringComparison.Ordinal) || url.StartsWith("https://", StringComparison.Ordinal))
            throw RequestException.Bad("image URLs are not currently supported, please use base64 encoded data instead");
        var head = Array.Find(Heads, known => url.StartsWith(known, StringComparison.Ordinal));
        return head is not null && Base64Text.Decode(url[head.Length..], out _) is { } bytes
            ? bytes
            : throw RequestException.Bad("invalid image input");
    }
}
