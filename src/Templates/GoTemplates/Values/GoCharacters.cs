using System.Text;

namespace ModelOps.Templates.GoTemplates.Values;

/// <summary>Classes of characters that the lexer tells apart.</summary>
internal static class GoCharacters
{
    internal static bool IsSpace(char character) => character is ' ' or '\t' or '\r' or '\n';

    internal static bool IsWord(Rune rune) => rune.Value == '_' || Rune.IsLetter(rune) || IsDigit(rune);

    private static bool IsDigit(Rune rune) => Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.DecimalDigitNumber;

    /// <summary>Whether printing shows it as it is: letters, marks, numbers, punctuation, symbols and the plain space.</summary>
    internal static bool IsPrint(int value)
    {
        if (value is >= ' ' and < 0x7F)
            return true;
        return Rune.IsValid(value) && Rune.GetUnicodeCategory(new Rune(value)) is not
            (System.Globalization.UnicodeCategory.Control
            or System.Globalization.UnicodeCategory.Format
            or System.Globalization.UnicodeCategory.Surrogate
            or System.Globalization.UnicodeCategory.PrivateUse
            or System.Globalization.UnicodeCategory.OtherNotAssigned
            or System.Globalization.UnicodeCategory.SpaceSeparator
            or System.Globalization.UnicodeCategory.LineSeparator
            or System.Globalization.UnicodeCategory.ParagraphSeparator);
    }

    internal static Rune At(string text, int index) =>
        Rune.TryGetRuneAt(text, index, out var rune) ? rune : Rune.ReplacementChar;

    /// <summary>Length in characters of what <see cref="At"/> read.</summary>
    internal static int Length(string text, int index) => Rune.TryGetRuneAt(text, index, out var rune) ? rune.Utf16SequenceLength : 1;

    /// <summary>How error texts name a character: <c>U+005B '['</c>.</summary>
    internal static string Name(Rune rune) => IsPrint(rune.Value) ? $"U+{rune.Value:X4} '{rune}'" : $"U+{rune.Value:X4}";
}
