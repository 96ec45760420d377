using System.Collections.Immutable;
using System.Text;
using ModelOps.Prompting.Events;
using ModelOps.Prompting.Requests;
using ModelOps.Runtime.Answering;

namespace ModelOps.Runtime.Tests.Serving;

/// <summary>Which tokens of a rendered prompt are those of what the client sent, and where they begin in it.</summary>
public class PromptReaderTests
{
    [Theory]
    [InlineData("", "Hi there", "", "Hi~ there", "Hi@0~ there@2")]
    [InlineData("", "Hi there", "", "<s>~Hi~ there", "Hi@0~ there@2")]
    [InlineData("", "Hi there", "", "<s>~ Hi~ there~</s>", "Hi@0~ there@2")]
    [InlineData("", "<s>Hi", "", "<s>~Hi", "<s>@0~Hi@3")]
    [InlineData("", "1", "", "<s>~ ~1", "@0~1@0")]
    [InlineData("<|user|>", "Hi", "<|end|>a", "<|user|>~Hi~<|end|>~a", "Hi@0")]
    [InlineData("<|user|>\n", "a a", "\n<|end|>a", "<|user|>~a~ a~<|end|>~a", "a@0~ a@1")]
    [InlineData("Q:", " Hi", "", "Q~:~ Hi", " Hi@0")]
    [InlineData("Q: ", "Hi there", "", "Q~:~ Hi~ there", " there@2")]
    [InlineData("", "Hi ", "there", "Hi~ there", "Hi@0")]
    [InlineData("[", "", "]", "[~]", "")]
    public void Tokens_that_lie_within_what_was_sent_are_told(string before, string sent, string after, string tokens, string told)
    {
        var reader = PromptReader.Of(before + sent + after, sent, before + PromptReader.Mark + after);

        var read = reader.Read([.. tokens.Split('~').Select(Token)]);

        Assert.Equal(told, Shown(read));
    }

    [Fact]
    public void Offsets_count_characters_and_half_a_character_begins_where_it_begins_whatever_the_steps_are()
    {
        var reader = PromptReader.Of("é€😀!", "é€😀!", PromptReader.Mark);

        var offsets = new[] { Bytes("é"u8), Bytes([0xE2, 0x82]), Bytes([0xAC]), Bytes([0xF0]), Bytes([0x9F, 0x98, 0x80]), Bytes("!"u8) }
            .SelectMany(token => reader.Read([token])).Select(token => token.Offset);

        Assert.Equal([0, 1, 1, 2, 2, 3], offsets);
    }

    [Theory]
    [InlineData("Hi", "Hi ", "\uF8FE\uE0FF\uF8FD")]
    [InlineData("HiHi", "Hi", "\uF8FE\uE0FF\uF8FD\uF8FE\uE0FF\uF8FD")]
    [InlineData("HI", "Hi", "\uF8FE\uE0FF\uF8FD")]
    [InlineData("Fixed", "Hi", "Fixed")]
    public void A_template_that_changes_what_was_sent_is_refused(string text, string sent, string marked)
    {
        var error = Assert.Throws<InferenceException>(() => PromptReader.Of(text, sent, marked));

        Assert.IsType<InferenceRefusal.TemplateChangesPrompt>(error.Refusal);
    }

    [Fact]
    public void A_tokenizer_that_changes_what_was_sent_is_refused()
    {
        var reader = PromptReader.Of("Hi There", "Hi There", PromptReader.Mark);

        var error = Assert.Throws<InferenceException>(() => reader.Read([Token("Hi"), Token(" there")]));

        Assert.IsType<InferenceRefusal.TokenizerChangesPrompt>(error.Refusal);
    }

    private static TokenLogprob Token(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    private static TokenLogprob Bytes(ReadOnlySpan<byte> text) => new(1, [.. text], -1f, []);

    private static string Shown(ImmutableArray<PromptToken> tokens) =>
        string.Join('~', tokens.Select(token => $"{Encoding.UTF8.GetString(token.Token.Text.AsSpan())}@{token.Offset}"));
}
