using ModelOps.Cli.Output;

namespace ModelOps.Cli.Tests.Output;

public class LineDiffTests
{
    [Theory]
    [InlineData("FROM a\n", "FROM a\n", "")]
    [InlineData("FROM a\r\nSYSTEM b\r\n", "FROM a\nSYSTEM b\n", "")]
    [InlineData("from a\nSYSTEM b\n", "FROM a\nSYSTEM b\n", "@1: -from a\n@2: +FROM a\n")]
    [InlineData("a\nb\nc\n", "a\nc\n", "@2: -b\n")]
    [InlineData("a\nc\n", "a\nb\nc\n", "@2: +b\n")]
    [InlineData("a\nb\nc\nd\n", "a\nB\nc\nD\n", "@2: -b\n@3: +B\n@4: -d\n@5: +D\n")]
    public void Only_lines_that_changed_are_shown_with_their_old_numbers(string old, string @new, string expected) =>
        Assert.Equal(expected, LineDiff.Of(old, @new));
}
