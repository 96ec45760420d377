using System.Globalization;
using System.Text;

namespace ModelOps.ModelfileLang.Syntax;

/// <summary>The character classes of the language.</summary>
internal static class Characters
{
    /// <summary>CR or LF, each for itself.</summary>
    internal static bool IsNewline(char character) => character is '\n' or '\r';

    /// <summary>Space or tab; no other white space separates anything.</summary>
    internal static bool IsBlank(char character) => character is ' ' or '\t';

    /// <summary>What is trimmed off both ends of a value; other white space was dropped before.</summary>
    internal static bool IsTrimmed(char character) => IsBlank(character) || IsNewline(character);

    internal static bool IsLetter(char character) => char.IsAsciiLetter(character);

    internal static bool IsParameterLetter(char character) => char.IsAsciiLetterOrDigit(character) || character == '_';

    /// <summary>Whether a character of a value is kept: line ends, blanks and whatever shows ink.</summary>
    internal static bool IsKept(Rune rune) => rune.IsAscii
        ? rune.Value is (>= ' ' and < 0x7F) or '\t' or '\n' or '\r'
        : Rune.GetUnicodeCategory(rune) is not (
            UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    /// <summary>The character at an index of well-formed text.</summary>
    internal static Rune RuneAt(string text, int index) => Rune.GetRuneAt(text, index);

    /// <summary>The character that ends before an index of well-formed text.</summary>
    internal static Rune RuneBefore(string text, int index) =>
        Rune.GetRuneAt(text, char.IsLowSurrogate(text[index - 1]) ? index - 2 : index - 1);
}
