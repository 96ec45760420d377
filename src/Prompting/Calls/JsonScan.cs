using System.Text.Json;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Calls;

/// <summary>Finds whole JSON objects and lists in text that is still growing.</summary>
internal static class JsonScan
{
    /// <summary>Reads the object or list that begins at a place.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where <c>{</c> or <c>[</c> stands.</param>
    /// <param name="value">The value, when called.</param>
    /// <param name="end">Behind it, when called.</param>
    internal static CallState Read(string text, int start, out JsonElement value, out int end)
    {
        value = default;
        end = End(text, start);
        if (end < 0)
            return CallState.Incomplete;
        return TryParse(text.AsSpan(start, end - start), out value) ? CallState.Called : CallState.NoCall;
    }

    /// <summary>Text as a JSON value.</summary>
    internal static bool TryParse(ReadOnlySpan<char> text, out JsonElement value)
    {
        try
        {
            using var document = JsonDocument.Parse(SurrogatePairs.Whole(text), JsonNesting.Document);
            value = document.RootElement.Clone();
            return true;
        }
        catch (JsonException)
        {
            value = default;
            return false;
        }
    }

    /// <summary>Behind the bracket that closes the one at the start; -1 while it is open.</summary>
    private static int End(string text, int start)
    {
        var depth = 0;
        for (var at = start; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '"':
                    at = StringEnd(text, at + 1);
                    if (at < 0)
                        return -1;
                    break;
                case '{' or '[':
                    depth++;
                    break;
                case '}' or ']' when --depth == 0:
                    return at + 1;
                default:
                    break;
            }
        }

        return -1;
    }

    private static int StringEnd(string text, int at)
    {
        for (; at < text.Length; at++)
        {
            if (text[at] == '\\')
                at++;
            else if (text[at] == '"')
                return at;
        }

        return -1;
    }
}
