using System.Collections.Immutable;
using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using ModelOps.Cli.Output;
using ModelOps.Cli.Terminal;

namespace ModelOps.Cli.Tests.Terminal;

public class LineEditorTests
{
    private static readonly string[] s_texts = ["a", " ", "한", "글", "🙂", "👩", "\u200D", "\u0301", "b", "日", "ㄱ", "\u1161"];

    private static readonly ImmutableArray<string> s_history = ["first", "두 번째", "line one\nline two"];

    [Fact]
    public void Whatever_is_pressed_the_cursor_is_at_the_edge_of_a_character_and_the_text_fits_the_screen() =>
        Laws((before, key, after, _) =>
        {
            Assert.InRange(after.Cursor, 0, after.Text.Length);
            Assert.Contains(after.Cursor, Edges(after.Text));
            Assert.DoesNotContain(after.Text, character => char.IsControl(character) && character is not ('\n' or '\t'));
            var screen = EditorScreen.Of(after, ">>> ", "... ", columns: 12, height: 5);
            Assert.InRange(screen.Rows.Count, 1, 5);
            Assert.InRange(screen.Row, 0, screen.Rows.Count - 1);
            Assert.InRange(screen.Column, 0, 11);
            Assert.All(screen.Rows, row => Assert.InRange(TextCells.Of(row), 0, 11));
        });

    [Fact]
    public void Moving_changes_no_text_and_deleting_takes_one_part_away() =>
        Laws((before, key, after, _) =>
        {
            switch (key.Kind)
            {
                case KeyKind.Left or KeyKind.Right or KeyKind.Home or KeyKind.End or KeyKind.WordLeft or KeyKind.WordRight:
                    Assert.Equal(before.Text, after.Text);
                    break;
                case KeyKind.Backspace or KeyKind.Delete or KeyKind.KillToEnd or KeyKind.KillToStart or KeyKind.KillWord:
                    Assert.True(after.Text.Length <= before.Text.Length);
                    Assert.Equal(before.Text, before.Text[..Shared(before, after)] + before.Text[Shared(before, after)..]);
                    break;
                case KeyKind.Text or KeyKind.Paste or KeyKind.NewLine:
                    Assert.Equal(before.Text[..before.Cursor] + Typed(key) + before.Text[before.Cursor..], after.Text);
                    break;
                default:
                    break;
            }
        });

    [Fact]
    public void Going_back_and_forward_again_brings_the_new_text_back() =>
        Laws((_, _, state, _) =>
        {
            if (state.Back > 0 || state.Text.Contains('\n', StringComparison.Ordinal))
                return;
            var there = s_history.Aggregate(state, (at, _) => LineEditor.Apply(at with { Cursor = 0 }, new Key(KeyKind.Up)).State);
            var back = there with { Back = there.Back };
            while (back.Back > 0)
                back = LineEditor.Apply(back with { Cursor = back.Text.Length }, new Key(KeyKind.Down)).State;
            Assert.Equal(state.Text, back.Text);
        });

    [Theory]
    [InlineData("hello", KeyKind.Enter, EditorOutcome.Submitted)]
    [InlineData("hello", KeyKind.Interrupt, EditorOutcome.Interrupted)]
    [InlineData("", KeyKind.DeleteOrEnd, EditorOutcome.Ended)]
    [InlineData("hello", KeyKind.DeleteOrEnd, EditorOutcome.Editing)]
    [InlineData("hello", KeyKind.Redraw, EditorOutcome.Redraw)]
    [InlineData("hello", KeyKind.Suspend, EditorOutcome.Suspend)]
    [InlineData("hello", KeyKind.ExternalEditor, EditorOutcome.ExternalEditor)]
    public void Some_keys_lead_out(string text, object kind, object outcome) =>
        Assert.Equal((EditorOutcome)outcome, LineEditor.Apply(Typed(text), new Key((KeyKind)kind)).Outcome);

    [Theory]
    [InlineData("one two three", KeyKind.KillWord, "one two ")]
    [InlineData("one two  ", KeyKind.KillWord, "one ")]
    [InlineData("one\ntwo", KeyKind.KillToStart, "one\n")]
    [InlineData("안녕하세요", KeyKind.Backspace, "안녕하세")]
    [InlineData("ok 👩‍💻", KeyKind.Backspace, "ok ")]
    [InlineData("e\u0301", KeyKind.Backspace, "")]
    [InlineData("🇰🇷", KeyKind.Backspace, "")]
    public void What_is_deleted_is_what_a_reader_takes_for_one_thing(string text, object kind, string left) =>
        Assert.Equal(left, LineEditor.Apply(Typed(text), new Key((KeyKind)kind)).State.Text);

    [Fact]
    public void Up_goes_to_the_line_above_before_it_goes_to_what_was_typed_before()
    {
        var state = Typed("one\ntwo") with { History = s_history };
        state = LineEditor.Apply(state, new Key(KeyKind.Up)).State;
        Assert.Equal(("one\ntwo", 3), (state.Text, state.Cursor));
        state = LineEditor.Apply(state, new Key(KeyKind.Up)).State;
        Assert.Equal("line one\nline two", state.Text);
    }

    [Fact]
    public void What_would_be_too_long_is_not_taken()
    {
        var full = Typed(new string('x', TypedText.Longest));
        Assert.Equal(full, LineEditor.Apply(full, new Key(KeyKind.Text, "y")).State);
    }

    [Theory]
    [InlineData("hi", 20, ">>> hi|")]
    [InlineData("one\ntwo", 20, ">>> one/... two|")]
    [InlineData("안녕하세요", 12, ">>> 안녕하/세요|")]
    [InlineData("abcdefg", 12, ">>> abcdefg|")]
    [InlineData("abcdefgh", 12, ">>> abcdefg/h|")]
    [InlineData("\u202Ex", 30, ">>> <U+202E>x|")]
    public void A_text_is_laid_out_in_rows(string text, int columns, string expected)
    {
        var screen = EditorScreen.Of(Typed(text), ">>> ", "... ", columns, 10);
        var rows = screen.Rows.ToArray();
        Assert.Equal(TextCells.Of(rows[screen.Row]), screen.Column);
        rows[screen.Row] += "|";
        Assert.Equal(expected, string.Join('/', rows));
    }

    private static void Laws(Action<EditorState, Key, EditorState, EditorOutcome> hold) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
            {
                var state = new EditorState { History = s_history };
                foreach (var key in bytes.Select(Key))
                {
                    var before = state;
                    (state, var outcome) = LineEditor.Apply(state, key);
                    hold(before, key, state, outcome);
                }
            }));

    private static Key Key(byte choice)
    {
        var kinds = Enum.GetValues<KeyKind>();
        var kind = kinds[choice % kinds.Length];
        var text = s_texts[choice / kinds.Length % s_texts.Length];
        return kind switch
        {
            KeyKind.Text => new Key(kind, text),
            KeyKind.Paste => new Key(kind, $"{text}\n{text}"),
            _ => choice % 2 == 0 ? new Key(kind) : new Key(KeyKind.Text, text),
        };
    }

    private static string Typed(Key key) => key.Kind == KeyKind.NewLine ? "\n" : key.Text;

    private static EditorState Typed(string text) => new() { Text = text, Cursor = text.Length };

    private static int Shared(EditorState before, EditorState after) =>
        before.Text.AsSpan().CommonPrefixLength(after.Text);

    private static HashSet<int> Edges(string text) =>
        [.. StringInfo.ParseCombiningCharacters(text), text.Length];
}
