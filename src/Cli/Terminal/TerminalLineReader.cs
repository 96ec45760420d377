using System.Text;
using ModelOps.Cli.Output;
using ModelOps.Cli.Terminal.Native;

namespace ModelOps.Cli.Terminal;

/// <summary>The edge between <see cref="LineEditor"/> and a terminal: reads its keys, draws its text.</summary>
/// <param name="context">The process.</param>
/// <param name="mode">The terminal.</param>
/// <param name="history">What was typed before.</param>
/// <param name="complete">The text that Tab makes of one that ends at the cursor; null when there is nothing to complete.</param>
internal sealed class TerminalLineReader(CliContext context, TerminalMode mode, PromptHistory history, Func<string, string?> complete)
    : ILineReader
{
    private const string Further = "... ";
    private const string PasteOn = "\e[?2004h";
    private const string PasteOff = "\e[?2004l";

    // A key's characters come together; the Escape key comes alone.
    private const int KeyMilliseconds = 50;

    private readonly KeyDecoder _keys = new();
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();
    private readonly Queue<Key> _waiting = new();
    private readonly byte[] _bytes = new byte[4096];
    private readonly char[] _characters = new char[4096];
    private int _row;

    public TypedLine Read(string prompt, string placeholder)
    {
        mode.TakeKeys();
        Write(PasteOn);
        try
        {
            return Edit(prompt, placeholder);
        }
        finally
        {
            Write(PasteOff);
            mode.Work();
        }
    }

    public void Dispose() => mode.Dispose();

    private TypedLine Edit(string prompt, string placeholder)
    {
        var state = new EditorState { History = history.Entries };
        _row = 0;
        while (true)
        {
            // What was pasted or typed ahead is drawn once.
            if (_waiting.Count == 0)
                Draw(state, prompt, placeholder);
            if (NextKey() is not { } key)
                return Leave(state, prompt, new TypedLine(LineEnd.Ended));
            (state, var outcome) = LineEditor.Apply(state, key);
            switch (outcome)
            {
                case EditorOutcome.Submitted:
                    return Leave(state, prompt, new TypedLine(LineEnd.Submitted, state.Text));
                case EditorOutcome.Interrupted:
                    return Leave(state, prompt, new TypedLine(LineEnd.Interrupted));
                case EditorOutcome.Ended:
                    return Leave(state, prompt, new TypedLine(LineEnd.Ended));
                case EditorOutcome.Redraw:
                    Write("\e[2J\e[H");
                    _row = 0;
                    break;
                case EditorOutcome.Suspend:
                    Leave(state, prompt, default);
                    mode.Suspend();
                    mode.TakeKeys();
                    break;
                case EditorOutcome.ExternalEditor:
                    state = EditElsewhere(state, prompt);
                    break;
                case EditorOutcome.Complete:
                    state = Complete(state);
                    break;
                default:
                    break;
            }
        }
    }

    private EditorState Complete(EditorState state)
    {
        var before = state.Text[..state.Cursor];
        return complete(before) is { } whole && whole.StartsWith(before, StringComparison.Ordinal)
            ? LineEditor.Insert(state, whole[before.Length..])
            : state;
    }

    private EditorState EditElsewhere(EditorState state, string prompt)
    {
        Leave(state, prompt, default);
        mode.Restore();
        var (text, problem) = ExternalEditor.Edit(context, state.Text);
        mode.TakeKeys();
        if (problem is not null)
            context.Error.WriteLine(problem);
        return text is null ? state : LineEditor.Insert(state with { Text = "", Cursor = 0 }, text);
    }

    /// <summary>Draws the text a last time, and goes to the line below it.</summary>
    private TypedLine Leave(EditorState state, string prompt, TypedLine line)
    {
        Draw(state with { Cursor = state.Text.Length }, prompt, "");
        Write("\n");
        _row = 0;
        return line;
    }

    private void Draw(EditorState state, string prompt, string placeholder)
    {
        var (columns, height) = context.TerminalSize();
        var screen = EditorScreen.Of(state, prompt, Further, columns, height);
        var isShown = state.Text.Length == 0 && TextCells.Of(prompt) + TextCells.Of(placeholder) < columns;
        Write(screen.Draw(_row, isShown ? Paint.Dim(placeholder, context.UseColor) : ""));
        _row = screen.Row;
    }

    private Key? NextKey()
    {
        while (_waiting.Count == 0)
        {
            switch (TerminalMode.Read(_bytes, _keys.IsInSequence ? KeyMilliseconds : Timeout.Infinite))
            {
                case 0:
                    return null;
                case -1:
                    _keys.GiveUp();
                    break;
                case var count:
                    var decoded = _utf8.GetChars(_bytes.AsSpan(0, count), _characters, flush: false);
                    foreach (var key in _keys.Feed(_characters.AsSpan(0, decoded)))
                        _waiting.Enqueue(key);
                    break;
            }
        }

        return _waiting.Dequeue();
    }

    private void Write(string text)
    {
        context.ExactOut.Write(text);
        context.ExactOut.Flush();
    }
}
