using ModelOps.ModelfileLang.Parameters;
using ModelOps.TestKit;

namespace ModelOps.ModelfileLang.Tests.Parameters;

public class ParameterCatalogueTests
{
    [Fact]
    public void The_documentation_is_the_catalogue() => Golden.MatchesDocument("docs/spec/parameters.md", ParameterTable.Markdown());

    [Fact]
    public void Names_are_unique_and_in_one_list_only()
    {
        string[] names = [.. ParameterCatalogue.Names, .. ParameterCatalogue.Deprecated, .. ParameterCatalogue.Removed];

        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData("temperature", 0.8, true)]
    [InlineData("temperature", 2.5, false)]
    [InlineData("num_predict", -1, true)]
    [InlineData("num_predict", -3, false)]
    [InlineData("use_mmap", 7, true)]
    public void A_range_knows_its_special_values(string name, double value, bool accepted) =>
        Assert.Equal(accepted, ParameterCatalogue.Find(name)!.Accepts(value));

    [Theory]
    [InlineData("0x1p-149", 1e-45f)]
    [InlineData("0x1.8p1", 3f)]
    [InlineData("0x1.000001p0", 1f)]
    [InlineData("0x1.000003p0", 1.0000002f)]
    [InlineData("340282356779733661637539395458142568448", null)]
    [InlineData("340282356779733642999999999999999999999", float.MaxValue)]
    [InlineData("0x1p128", null)]
    [InlineData("1e-99999999999", 0f)]
    [InlineData("1_0", 10f)]
    [InlineData("1__0", null)]
    [InlineData("_1", null)]
    [InlineData("1_.5", null)]
    [InlineData("0x_1p0", 1f)]
    [InlineData("+inf", float.PositiveInfinity)]
    [InlineData("-Infinity", float.NegativeInfinity)]
    [InlineData("+nan", null)]
    [InlineData(".", null)]
    [InlineData("5.", 5f)]
    [InlineData(".5", 0.5f)]
    [InlineData("1e", null)]
    [InlineData("0x10", null)]
    public void Numbers_are_spelled_as_the_reference_takes_them(string text, float? value)
    {
        var conversion = ParameterText.Convert("temperature", [text]);

        Assert.Equal(value, (conversion.Value as ParameterValue.Float)?.Value);
        Assert.Equal(value is null ? $"invalid float value [{text}]" : null, conversion.Error);
    }

    [Theory]
    [InlineData("num_thread", 513)]
    [InlineData("num_gpu", 1001)]
    [InlineData("main_gpu", 64)]
    [InlineData("num_ctx", 16_777_217)]
    [InlineData("num_batch", 16_777_217)]
    [InlineData("num_keep", 16_777_217)]
    [InlineData("num_predict", 16_777_217)]
    [InlineData("repeat_last_n", 16_777_217)]
    [InlineData("draft_num_predict", 16)]
    [InlineData("seed", 4_294_967_296)]
    public void What_no_machine_has_is_out_of_range(string name, double value)
    {
        Assert.False(ParameterCatalogue.Find(name)!.Accepts(value));
        Assert.True(ParameterCatalogue.Find(name)!.Accepts(value - 1));
    }
}
