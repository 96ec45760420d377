using ModelOps.ModelfileLang.Syntax;

namespace ModelOps.ModelfileLang.Tests.Syntax;

public class EditDistanceTests
{
    [Theory]
    [InlineData("temperature", "temperature", 0)]
    [InlineData("FROM", "from", 0)]
    [InlineData("temperture", "temperature", 1)]
    [InlineData("tpo_k", "top_k", 1)]
    [InlineData("Form", "fRom", 1)]
    [InlineData("top_k", "top_p", 1)]
    [InlineData("", "stop", 4)]
    [InlineData("kitten", "sitting", 3)]
    public void Slips_are_counted_the_same_in_both_directions(string left, string right, int expected) =>
        Assert.Equal((expected, expected), (EditDistance.Between(left, right), EditDistance.Between(right, left)));

    [Fact]
    public void A_text_is_no_word_and_near_to_nothing() => Assert.Equal(int.MaxValue, EditDistance.Between(new string('a', 65), "a"));
}
