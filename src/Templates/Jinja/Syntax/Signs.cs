using ModelOps.Templates.Jinja.Values;

namespace ModelOps.Templates.Jinja.Syntax;

/// <summary>Operators of expressions.</summary>
internal static class Signs
{
    private static readonly string[] Long = ["//", "**", "==", "!=", ">=", "<="];
    private static readonly string[] Short = [
        "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|", ",", ";",
    ];

    public static string? At(ReadOnlySpan<char> text)
    {
        foreach (var sign in Long)
        {
            if (text.StartsWith(sign))
                return sign;
        }

        foreach (var sign in Short)
        {
            if (text[0] == sign[0])
                return sign;
        }

        return null;
    }

    public static bool ContainsOnlySpace(this ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!CodePoints.IsSpace(character))
                return false;
        }

        return text.Length > 0;
    }
}
