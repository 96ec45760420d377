using System.Text;
using ModelOps.Runtime.Batching;

namespace ModelOps.Runtime.Tests.Batching;

/// <summary>What goes out token by token: whole characters, and nothing of a stop text.</summary>
public class OutputTextTests
{
    private const string Text = "Grüße, 世界 🚀! <stop> and more";

    [Fact]
    public void No_piece_ends_inside_of_a_character_however_the_bytes_are_cut()
    {
        var bytes = Encoding.UTF8.GetBytes(Text);
        for (var length = 1; length < 9; length++)
        {
            var output = new OutputText([]);
            var told = new StringBuilder();
            for (var at = 0; at < bytes.Length; at += length)
                told.Append(Piece(output, output.Append(bytes.AsSpan(at, Math.Min(length, bytes.Length - at)))));
            output.Finish();
            told.Append(Piece(output, false));
            Assert.Equal(Text, told.ToString());
        }
    }

    [Fact]
    public void Half_a_character_at_the_end_is_dropped()
    {
        var output = new OutputText([]);
        output.Append([(byte)'a', 0xF0, 0x9F]);
        Assert.Equal("a", Piece(output, false));
        output.Finish();
        Assert.Equal("", Piece(output, false));
    }

    [Theory]
    [InlineData(new[] { "<stop>" }, "Grüße, 世界 🚀! ")]
    [InlineData(new[] { "and", "<stop>", "界" }, "Grüße, 世")]
    [InlineData(new[] { "stop> and", "<stop" }, "Grüße, 世界 🚀! ")]
    [InlineData(new[] { "<stopp>", "more!" }, Text)]
    public void A_stop_text_and_what_follows_it_never_goes_out_however_the_bytes_are_cut(string[] stops, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(Text);
        for (var length = 1; length < 40; length++)
        {
            var output = new OutputText([.. stops.Select(Encoding.UTF8.GetBytes)]);
            var told = new StringBuilder();
            var stopped = false;
            for (var at = 0; at < bytes.Length && !stopped; at += length)
            {
                stopped = output.Append(bytes.AsSpan(at, Math.Min(length, bytes.Length - at)));
                told.Append(Piece(output, stopped));
            }

            Assert.Equal(expected != Text, stopped);
            if (!stopped)
            {
                output.Finish();
                told.Append(Piece(output, false));
            }

            Assert.Equal(expected, told.ToString());
        }
    }

    private static string Piece(OutputText output, bool stopped)
    {
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(output.Released);
        if (!stopped)
            output.Sent();
        return text;
    }
}
