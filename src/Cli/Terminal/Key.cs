namespace ModelOps.Cli.Terminal;

/// <summary>What a key asks of a line editor.</summary>
internal enum KeyKind
{
    /// <summary>A key without a meaning here; also a character that may not be typed.</summary>
    None,

    /// <summary>One character, in <see cref="Key.Text"/>.</summary>
    Text,

    /// <summary>A text that was pasted, in <see cref="Key.Text"/>: line ends in it are part of it.</summary>
    Paste,
    Enter,
    NewLine,
    Tab,
    Backspace,
    Delete,

    /// <summary>Ctrl-D: removes a character, and ends where there is none.</summary>
    DeleteOrEnd,
    Left,
    Right,
    WordLeft,
    WordRight,
    Home,
    End,
    Up,
    Down,
    KillToEnd,
    KillToStart,
    KillWord,
    Redraw,
    Interrupt,
    Suspend,
    ExternalEditor,
}

/// <summary>A key that was pressed.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="Text">The characters of a text; else empty.</param>
internal readonly record struct Key(KeyKind Kind, string Text = "");
