using System.Collections.Immutable;
using System.Globalization;

namespace ModelOps.Cli.Terminal;

/// <summary>What is being typed, and where the cursor is in it.</summary>
internal sealed record EditorState
{
    /// <summary>All of it; several lines are parted by line feeds.</summary>
    public string Text { get; init; } = "";

    /// <summary>The cursor stands before this index, never inside of what is read as one character.</summary>
    public int Cursor { get; init; }

    /// <summary>Texts of before, the oldest first.</summary>
    public ImmutableArray<string> History { get; init; } = [];

    /// <summary>How many texts it has gone back; 0 is the text that is new.</summary>
    public int Back { get; init; }

    /// <summary>The new text, while one of before is shown.</summary>
    public string Draft { get; init; } = "";
}

/// <summary>What a key leads to beside a changed text.</summary>
internal enum EditorOutcome
{
    Editing,
    Submitted,
    Interrupted,
    Ended,
    Redraw,
    Suspend,
    ExternalEditor,
    Complete,
}

/// <summary>A line editor as a function: a state and a key give the next state.</summary>
internal static class LineEditor
{
    internal static (EditorState State, EditorOutcome Outcome) Apply(EditorState state, Key key) => key.Kind switch
    {
        KeyKind.Text or KeyKind.Paste => (Insert(state, key.Text), EditorOutcome.Editing),
        KeyKind.NewLine => (Insert(state, "\n"), EditorOutcome.Editing),
        KeyKind.Tab => (state, EditorOutcome.Complete),
        KeyKind.Enter => (state, EditorOutcome.Submitted),
        KeyKind.Interrupt => (state, EditorOutcome.Interrupted),
        KeyKind.DeleteOrEnd when state.Text.Length == 0 => (state, EditorOutcome.Ended),
        KeyKind.Redraw => (state, EditorOutcome.Redraw),
        KeyKind.Suspend => (state, EditorOutcome.Suspend),
        KeyKind.ExternalEditor => (state, EditorOutcome.ExternalEditor),
        _ => (Edit(state, key.Kind), EditorOutcome.Editing),
    };

    /// <summary>Puts text in at the cursor; what would make it longer than a message may be is left out whole.</summary>
    internal static EditorState Insert(EditorState state, string text)
    {
        if (state.Text.Length + text.Length > TypedText.Longest)
            return state;
        var joined = state.Text.Insert(state.Cursor, text);
        return state with { Text = joined, Cursor = Snap(joined, state.Cursor + text.Length) };
    }

    private static EditorState Edit(EditorState state, KeyKind kind)
    {
        var (text, cursor) = (state.Text, state.Cursor);
        return kind switch
        {
            KeyKind.Backspace => Remove(state, Before(text, cursor), cursor),
            KeyKind.Delete or KeyKind.DeleteOrEnd => Remove(state, cursor, After(text, cursor)),
            KeyKind.KillToStart => Remove(state, LineStart(text, cursor), cursor),
            KeyKind.KillToEnd => Remove(state, cursor, LineEnd(text, cursor)),
            KeyKind.KillWord => Remove(state, WordStart(text, cursor), cursor),
            KeyKind.Left => state with { Cursor = Before(text, cursor) },
            KeyKind.Right => state with { Cursor = After(text, cursor) },
            KeyKind.WordLeft => state with { Cursor = WordStart(text, cursor) },
            KeyKind.WordRight => state with { Cursor = WordEnd(text, cursor) },
            KeyKind.Home => state with { Cursor = LineStart(text, cursor) },
            KeyKind.End => state with { Cursor = LineEnd(text, cursor) },
            KeyKind.Up => LineStart(text, cursor) is > 0 and var start ? ToLine(state, LineStart(text, start - 1)) : Turn(state, 1),
            KeyKind.Down => LineEnd(text, cursor) is var end && end < text.Length ? ToLine(state, end + 1) : Turn(state, -1),
            _ => state,
        };
    }

    private static EditorState Remove(EditorState state, int from, int to)
    {
        var text = state.Text.Remove(from, to - from);
        return state with { Text = text, Cursor = Snap(text, from) };
    }

    /// <summary>To the same column of another line, or to its end.</summary>
    private static EditorState ToLine(EditorState state, int start)
    {
        var column = state.Cursor - LineStart(state.Text, state.Cursor);
        return state with { Cursor = Snap(state.Text, Math.Min(start + column, LineEnd(state.Text, start))) };
    }

    private static EditorState Turn(EditorState state, int step)
    {
        var back = Math.Clamp(state.Back + step, 0, state.History.Length);
        if (back == state.Back)
            return state;
        var draft = state.Back == 0 ? state.Text : state.Draft;
        var text = back == 0 ? draft : state.History[^back];
        return state with { Back = back, Draft = draft, Text = text, Cursor = text.Length };
    }

    private static int LineStart(string text, int cursor) => cursor == 0 ? 0 : text.LastIndexOf('\n', cursor - 1) + 1;

    private static int LineEnd(string text, int cursor) => text.IndexOf('\n', cursor) is >= 0 and var end ? end : text.Length;

    private static int After(string text, int cursor) =>
        cursor == text.Length ? cursor : cursor + StringInfo.GetNextTextElementLength(text, cursor);

    private static int Before(string text, int cursor) => cursor == 0 ? 0
        : text[cursor - 1] == '\n' ? cursor - 1
        : Boundary(text, cursor - 1);

    /// <summary>The nearest place at or behind the index that is inside of no character: neighbours may join.</summary>
    private static int Snap(string text, int index)
    {
        var boundary = Boundary(text, index);
        return boundary == index ? index : After(text, boundary);
    }

    /// <summary>The nearest one at or before it.</summary>
    private static int Boundary(string text, int index)
    {
        var at = LineStart(text, index);
        while (at < index && After(text, at) is var next && next <= index)
            at = next;
        return at;
    }

    private static int WordStart(string text, int cursor)
    {
        while (cursor > 0 && char.IsWhiteSpace(text[cursor - 1]))
            cursor--;
        while (cursor > 0 && !char.IsWhiteSpace(text[cursor - 1]))
            cursor--;
        return Boundary(text, cursor);
    }

    private static int WordEnd(string text, int cursor)
    {
        while (cursor < text.Length && char.IsWhiteSpace(text[cursor]))
            cursor++;
        while (cursor < text.Length && !char.IsWhiteSpace(text[cursor]))
            cursor++;
        return Snap(text, cursor);
    }
}
