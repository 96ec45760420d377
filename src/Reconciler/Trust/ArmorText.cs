namespace ModelOps.Reconciler.Trust;

/// <summary>Bytes as text between two lines, as ssh and OpenPGP write them.</summary>
internal static class ArmorText
{
    /// <summary>
    /// The lines between the two; null unless the text begins with the one and ends with the other, and each stands there once. Nothing is
    /// nested, and nothing stands outside.
    /// </summary>
    internal static string[]? Content(string text, string begin, string end)
    {
        var lines = text.TrimEnd().Split('\n').Select(line => line.TrimEnd()).ToArray();
        return lines.Length > 2 && lines[0] == begin && lines[^1] == end
            && !lines[1..^1].Any(line => line.StartsWith("-----", StringComparison.Ordinal))
            ? lines[1..^1]
            : null;
    }

    /// <summary>The bytes of lines of base64; null when they are none.</summary>
    internal static byte[]? Decode(IEnumerable<string> lines)
    {
        try
        {
            return Convert.FromBase64String(string.Concat(lines));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
