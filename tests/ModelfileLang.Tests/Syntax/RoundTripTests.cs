using FsCheck;
using FsCheck.Fluent;
using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Tests.Syntax;

public class RoundTripTests
{
    private static readonly Config ManyTexts = Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(30);

    [Fact]
    public void Whatever_was_read_reads_the_same_after_the_canonical_writer() =>
        Check.One(ManyTexts, Prop.ForAll(SomeText.Arbitrary, text =>
        {
            var read = ModelfileParser.Parse(text).Recovered;
            return Same(read, ModelfileParser.Parse(CanonicalWriter.Write(read.Instructions)).Recovered);
        }));

    [Fact]
    public void Formatting_keeps_every_instruction_and_comment_and_formatting_again_changes_nothing() =>
        Check.One(ManyTexts, Prop.ForAll(SomeText.Arbitrary, text =>
        {
            var read = ModelfileParser.Parse(text).Recovered;
            var formatted = ModelfileFormat.Of(read);
            var again = ModelfileParser.Parse(formatted).Recovered;
            return Same(read, again) && again.Comments.Length == read.Comments.Length && ModelfileFormat.Of(again) == formatted;
        }));

    [Fact]
    public void A_value_that_has_a_spelling_reads_back_as_itself() =>
        Check.One(ManyTexts, Prop.ForAll(SomeText.Arbitrary, value =>
            !ValueSpelling.TryFind(value, out var spelling)
            || ModelfileParser.Parse(
                $"FROM a\nSYSTEM {spelling}\nPARAMETER seed 1\n").Modelfile is { Instructions: [_, var system, _] } && system.Value == value));

    [Fact]
    public void Spans_lie_inside_the_text_and_follow_each_other() =>
        Check.One(ManyTexts, Prop.ForAll(SomeText.Arbitrary, text =>
        {
            var result = ModelfileParser.Parse(text);
            var end = 0;
            foreach (var span in result.Recovered.Instructions.Select(instruction => instruction.Span))
            {
                if (span.Offset < end || span.Length <= 0 || span.Offset + span.Length > text.Length)
                    return false;
                end = span.Offset + span.Length;
            }

            return result.Diagnostics.All(diagnostic => diagnostic.Span.Offset + diagnostic.Span.Length <= text.Length)
                && result.Succeeded == result.Diagnostics.IsEmpty;
        }));

    [Theory]
    [InlineData("\"")]
    [InlineData("\"starts with a quote")]
    [InlineData("\"\"\"three\"\"\"")]
    [InlineData("\ttab at the ends\t")]
    [InlineData("carriage\rreturn")]
    [InlineData("ends a line with \"\nand goes on")]
    [InlineData("")]
    public void Values_that_the_reference_loses_have_a_spelling_of_ours(string value)
    {
        Assert.True(ValueSpelling.TryFind(value, out var spelling));
        Assert.Equal(value, ModelfileParser.Parse($"FROM a\nSYSTEM {spelling}\n").Modelfile!.Instructions[1].Value);
    }

    [Theory]
    [InlineData("a line ends with \"\"\"\nand goes on")]
    [InlineData("zero\u200bwidth")]
    public void Values_that_no_modelfile_can_hold_are_told(string value) => Assert.False(ValueSpelling.TryFind(value, out _));

    private static bool Same(Modelfile one, Modelfile other) =>
        one.Instructions.Select(instruction => (instruction.Name, instruction.Value))
            .SequenceEqual(other.Instructions.Select(instruction => (instruction.Name, instruction.Value)));
}
