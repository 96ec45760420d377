using FsCheck;
using FsCheck.Fluent;
using ModelOps.Cli.Terminal;

namespace ModelOps.Cli.Tests.Terminal;

public class KeyDecoderTests
{
    private static readonly string[] s_pieces =
    [
        "a", "한", "🙂", "é", " ", "\r", "\n", "\t", "\u007f", "\u0003", "\u0004", "\u0000", "\u009b", "\e", "\e[", "\e[A", "\eOB", "\e[1;5C",
        "\eb", "\e[3~", "\e[200~", "\e[201~", "\e[20", "1~", "\e[<0;1;1M", "\ud83d", "\ude42",
    ];

    [Fact]
    public void Keys_depend_on_the_characters_and_not_on_how_they_arrive() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
            {
                var text = string.Concat(bytes.Select(piece => s_pieces[piece % s_pieces.Length]));
                var whole = new KeyDecoder().Feed(text);
                var one = new KeyDecoder();
                Assert.Equal(whole, text.SelectMany(character => one.Feed([character])));
            }));

    [Fact]
    public void No_key_brings_a_control_character() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(2000),
            Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
            {
                var text = string.Concat(bytes.Select(piece => s_pieces[piece % s_pieces.Length]));
                Assert.All(
                    new KeyDecoder().Feed(text).SelectMany(key => key.Text),
                    character => Assert.False(char.IsControl(character) && character is not ('\n' or '\t')));
            }));

    [Theory]
    [InlineData("\e[A", KeyKind.Up)]
    [InlineData("\eOA", KeyKind.Up)]
    [InlineData("\e[1;5D", KeyKind.WordLeft)]
    [InlineData("\eb", KeyKind.WordLeft)]
    [InlineData("\e\u007f", KeyKind.KillWord)]
    [InlineData("\e\r", KeyKind.NewLine)]
    [InlineData("\e[99~", KeyKind.None)]
    [InlineData("\e[<0;10;10M", KeyKind.None)]
    [InlineData("\u0003", KeyKind.Interrupt)]
    [InlineData("\u0000", KeyKind.None)]
    public void A_sequence_is_one_key(string characters, object kind) =>
        Assert.Equal([new Key((KeyKind)kind)], new KeyDecoder().Feed(characters));

    [Fact]
    public void A_paste_is_one_text_whatever_is_in_it()
    {
        var keys = new KeyDecoder().Feed("\e[200~one\r\ntwo\rthree\u0003\e[31m\e[20\u001b\e[201~x");
        Assert.Equal([new Key(KeyKind.Paste, "one\ntwo\nthree[31m[20"), new Key(KeyKind.Text, "x")], keys);
    }

    [Fact]
    public void A_paste_without_an_end_has_a_limit()
    {
        var decoder = new KeyDecoder();
        decoder.Feed("\e[200~");
        for (var part = 0; part < 40; part++)
            decoder.Feed(new string('x', 100_000));
        var key = Assert.Single(decoder.Feed("\e[201~"));
        Assert.Equal(TypedText.Longest, key.Text.Length);
    }

    [Fact]
    public void The_escape_key_alone_is_forgotten()
    {
        var decoder = new KeyDecoder();
        Assert.Empty(decoder.Feed("\e"));
        Assert.True(decoder.IsInSequence);
        decoder.GiveUp();
        Assert.Equal([new Key(KeyKind.Text, "[")], decoder.Feed("["));
    }
}
