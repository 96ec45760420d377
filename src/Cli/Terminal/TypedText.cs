using System.Text;

namespace ModelOps.Cli.Terminal;

/// <summary>What may be typed or pasted. No control character of a keyboard or of a clipboard gets into a message.</summary>
internal static class TypedText
{
    /// <summary>The most characters of a message.</summary>
    internal const int Longest = 1_000_000;

    /// <summary>The text with one kind of line end, and without control characters and halves of characters; tabs stay.</summary>
    internal static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            var character = text[at];
            if (character == '\r')
            {
                if (at + 1 == text.Length || text[at + 1] != '\n')
                    clean.Append('\n');
            }
            else if (char.IsHighSurrogate(character) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
                clean.Append(character).Append(text[++at]);
            else if (character is '\n' or '\t' || !(char.IsControl(character) || char.IsSurrogate(character)))
                clean.Append(character);
        }

        return clean.ToString();
    }
}
