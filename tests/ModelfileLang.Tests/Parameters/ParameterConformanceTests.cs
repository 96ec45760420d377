using System.Globalization;
using System.Text.Json;
using ModelOps.ModelfileLang.Parameters;
using ModelOps.TestKit;

namespace ModelOps.ModelfileLang.Tests.Parameters;

[Trait("Category", "Conformance")]
public class ParameterConformanceTests
{
    public static TheoryData<string, string> Cases => ConformanceData.Cases("modelfile", "parameters.jsonl");

    [Theory, MemberData(nameof(Cases))]
    public void A_text_becomes_the_value_that_the_reference_makes_of_it(string id, string json)
    {
        Assert.NotEmpty(id);
        using var document = JsonDocument.Parse(json);
        var expected = document.RootElement;

        var conversion = ParameterText.Convert(
            expected.GetProperty("name").GetString()!,
            [.. expected.GetProperty("values").EnumerateArray().Select(value => value.GetString()!)]);

        if (!expected.GetProperty("ok").GetBoolean())
        {
            Assert.Equal(expected.GetProperty("error").GetString(), conversion.Error);
            return;
        }

        Assert.Null(conversion.Error);
        var result = expected.GetProperty("result");
        switch (conversion.Value)
        {
            case ParameterValue.Int integer:
                Assert.Equal("int", expected.GetProperty("type").GetString());
                Assert.Equal(result.GetInt64(), integer.Value);
                break;
            case ParameterValue.Float number:
                Assert.Equal("float", expected.GetProperty("type").GetString());
                Assert.Equal(FloatOf(result), number.Value);
                break;
            case ParameterValue.Bool boolean:
                Assert.Equal("bool", expected.GetProperty("type").GetString());
                Assert.Equal(result.GetBoolean(), boolean.Value);
                break;
            case ParameterValue.Strings strings:
                Assert.Equal("strings", expected.GetProperty("type").GetString());
                Assert.Equal(result.EnumerateArray().Select(text => text.GetString()!), strings.Values);
                break;
            default:
                Assert.Fail("No value.");
                break;
        }
    }

    private static float FloatOf(JsonElement result) => result.ValueKind == JsonValueKind.Number
        ? float.Parse(result.GetRawText(), CultureInfo.InvariantCulture)
        : result.GetString() switch
        {
            "+Inf" => float.PositiveInfinity,
            "-Inf" => float.NegativeInfinity,
            _ => float.NaN,
        };
}
