namespace ModelOps.Http.Reading;

/// <summary>Standard base64 with padding, and where it is wrong.</summary>
internal static class Base64Text
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// <summary>Decodes, or gives the reference's error text.</summary>
    internal static byte[]? Decode(string text, out string error)
    {
        error = "";
        if (text.AsSpan().IndexOfAny(' ', '\t') < 0)
        {
            var bytes = new byte[(text.Length / 4 * 3) + 3];
            if (Convert.TryFromBase64String(text, bytes, out var count))
                return bytes[..count];
        }

        error = $"illegal base64 data at input byte {FirstWrong(text)}";
        return null;
    }

    /// <summary>Decodes a field.</summary>
    internal static byte[] Require(string text) => Decode(text, out var error) ?? throw RequestException.Bad(error);

    private static int FirstWrong(string text)
    {
        var significant = 0;
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at];
            if (character is '\r' or '\n')
                continue;
            if (Alphabet.Contains(character))
            {
                significant++;
                continue;
            }

            var padding = text.AsSpan(at).TrimEnd("\r\n");
            if (character != '=' || significant % 4 < 2 || padding is not ("=" or "=="))
                return at;
        }

        return text.Length - (significant % 4 == 1 ? 1 : 0);
    }
}
