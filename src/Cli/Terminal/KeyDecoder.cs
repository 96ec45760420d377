using System.Text;

namespace ModelOps.Cli.Terminal;

/// <summary>
/// Turns the characters of a terminal into keys. It depends on the characters alone, not on how they arrive: cut anywhere, they are the
/// same keys.
/// </summary>
internal sealed class KeyDecoder
{
    private const char Escape = '\e';
    private const string PasteEnd = "\e[201~";

    // No key of a terminal is longer; what is, is noise.
    private const int LongestSequence = 32;

    private static readonly Dictionary<string, KeyKind> s_sequences = new(StringComparer.Ordinal)
    {
        ["[A"] = KeyKind.Up, ["[B"] = KeyKind.Down, ["[C"] = KeyKind.Right, ["[D"] = KeyKind.Left, ["[H"] = KeyKind.Home,
        ["[F"] = KeyKind.End, ["OA"] = KeyKind.Up, ["OB"] = KeyKind.Down, ["OC"] = KeyKind.Right, ["OD"] = KeyKind.Left,
        ["OH"] = KeyKind.Home, ["OF"] = KeyKind.End, ["[1~"] = KeyKind.Home, ["[7~"] = KeyKind.Home, ["[4~"] = KeyKind.End,
        ["[8~"] = KeyKind.End, ["[3~"] = KeyKind.Delete, ["[1;5C"] = KeyKind.WordRight, ["[1;3C"] = KeyKind.WordRight,
        ["[1;5D"] = KeyKind.WordLeft, ["[1;3D"] = KeyKind.WordLeft, ["b"] = KeyKind.WordLeft, ["f"] = KeyKind.WordRight,
        ["\u007f"] = KeyKind.KillWord, ["\b"] = KeyKind.KillWord, ["\r"] = KeyKind.NewLine, ["\n"] = KeyKind.NewLine,
    };

    private readonly StringBuilder _sequence = new();
    private readonly StringBuilder _paste = new();
    private bool _isPasting;
    private int _pasteEnds;
    private char _high;

    /// <summary>A sequence has begun; when nothing follows it was the Escape key itself.</summary>
    internal bool IsInSequence => _sequence.Length > 0;

    /// <summary>The keys that these characters complete.</summary>
    internal List<Key> Feed(ReadOnlySpan<char> characters)
    {
        var keys = new List<Key>();
        foreach (var character in characters)
        {
            if (_isPasting)
                TakePasted(character, keys);
            else if (IsInSequence)
                TakeSequence(character, keys);
            else if (character == Escape)
                _sequence.Append(character);
            else
                TakePlain(character, keys);
        }

        return keys;
    }

    /// <summary>Nothing followed for a while: a sequence that has begun is none.</summary>
    internal void GiveUp() => _sequence.Clear();

    private void TakePlain(char character, List<Key> keys)
    {
        var high = _high;
        _high = default;
        if (char.IsHighSurrogate(character))
            _high = character;
        else if (char.IsLowSurrogate(character))
        {
            if (high != default)
                keys.Add(new Key(KeyKind.Text, $"{high}{character}"));
        }
        else if (Control(character) is { } kind)
            keys.Add(new Key(kind));
        else
            keys.Add(new Key(KeyKind.Text, character.ToString()));
    }

    private void TakeSequence(char character, List<Key> keys)
    {
        if (character == Escape)
        {
            _sequence.Clear().Append(character);
            return;
        }

        _sequence.Append(character);
        if (IsOpen())
        {
            if (_sequence.Length > LongestSequence)
                _sequence.Clear();
            return;
        }

        var sequence = _sequence.ToString(1, _sequence.Length - 1);
        _sequence.Clear();
        if (sequence == "[200~")
            _isPasting = true;
        else
            keys.Add(new Key(s_sequences.GetValueOrDefault(sequence)));
    }

    /// <summary>More characters belong to it: a function key has one letter more, a control sequence goes to its last letter.</summary>
    private bool IsOpen() => _sequence[1] switch
    {
        'O' => _sequence.Length == 2,
        '[' => _sequence.Length == 2 || _sequence[^1] is < '@' or > '~',
        _ => false,
    };

    // The end's first character is nowhere else in it, so a broken end can only begin anew at that character.
    private void TakePasted(char character, List<Key> keys)
    {
        if (character == PasteEnd[_pasteEnds])
        {
            if (++_pasteEnds < PasteEnd.Length)
                return;
            keys.Add(new Key(KeyKind.Paste, TypedText.Clean(_paste.ToString())));
            _paste.Clear();
            (_isPasting, _pasteEnds) = (false, 0);
            return;
        }

        Append(PasteEnd.AsSpan(0, _pasteEnds));
        _pasteEnds = character == Escape ? 1 : 0;
        if (_pasteEnds == 0)
            Append([character]);
    }

    private void Append(ReadOnlySpan<char> pasted)
    {
        if (_paste.Length < TypedText.Longest)
            _paste.Append(pasted);
    }

    private static KeyKind? Control(char character) => character switch
    {
        '\u0001' => KeyKind.Home,
        '\u0002' => KeyKind.Left,
        '\u0003' => KeyKind.Interrupt,
        '\u0004' => KeyKind.DeleteOrEnd,
        '\u0005' => KeyKind.End,
        '\u0006' => KeyKind.Right,
        '\u0007' => KeyKind.ExternalEditor,
        '\b' or '\u007f' => KeyKind.Backspace,
        '\t' => KeyKind.Tab,
        '\n' => KeyKind.NewLine,
        '\u000b' => KeyKind.KillToEnd,
        '\u000c' => KeyKind.Redraw,
        '\r' => KeyKind.Enter,
        '\u000e' => KeyKind.Down,
        '\u0010' => KeyKind.Up,
        '\u0015' => KeyKind.KillToStart,
        '\u0017' => KeyKind.KillWord,
        '\u001a' => KeyKind.Suspend,
        _ when char.IsControl(character) => KeyKind.None,
        _ => null,
    };
}
