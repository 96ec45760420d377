using ModelOps.Prompting.Calls;
using ModelOps.Templates.Facts;

namespace ModelOps.Prompting.Tests.Calls;

public class CallFormatTests
{
    [Fact]
    public void Every_format_that_a_template_can_show_is_there() =>
        Assert.All(CallFormatTable.Formats, name => Assert.NotNull(CallFormats.OfName(name)));

    [Fact]
    public void Every_parser_that_finds_calls_has_a_format() =>
        Assert.All(
            BuiltInParsers.All.Where(parser => parser.CallFormat is not null), parser => Assert.NotNull(CallFormats.OfParser(parser.Name)));

    [Fact]
    public void Only_harmony_finds_calls_without_a_format_of_its_own() => Assert.Equal(
        ["harmony"], BuiltInParsers.All.Where(parser => parser.HasTools && parser.CallFormat is null).Select(parser => parser.Name));

    [Fact]
    public void What_names_no_parser_has_no_format() => Assert.Null(CallFormats.OfParser("nonsense"));
}
