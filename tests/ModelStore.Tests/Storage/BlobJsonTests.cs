using System.Text;
using System.Text.Json.Nodes;
using ModelOps.ModelStore.Names;
using ModelOps.ModelStore.Storage;

namespace ModelOps.ModelStore.Tests.Storage;

public class BlobJsonTests
{
    [Theory]
    [InlineData("""{"top_k":10,"temperature":1,"stop":["USER:","ASSISTANT:"]}""", "1d0ad71299d4")]
    [InlineData("""{"stop":["<|end|>","<|system|>","<|user|>","<|assistant|>"]}""", "0d79f567714c")]
    public void A_parameters_blob_has_the_digest_of_the_reference(string json, string digest) =>
        Assert.StartsWith(digest, Digest.Of(BlobJson.Blob(JsonNode.Parse(json)!)).Hex, StringComparison.Ordinal);

    [Fact]
    public void A_configuration_blob_has_the_digest_of_the_reference()
    {
        var config = new ModelConfig { Format = "gguf", Family = "test", Families = ["test"], ParameterSize = "0", FileType = "unknown" };

        Assert.StartsWith("99759ad5b91e", Digest.Of(ModelConfigJson.Write(config)).Hex, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_blob_is_the_text_itself() =>
        Assert.StartsWith("b507b9c2f6ca", Digest.Of("{{ .Prompt }}"u8).Hex, StringComparison.Ordinal);

    [Theory]
    [InlineData("0.7", "0.7")]
    [InlineData("4096", "4096")]
    [InlineData("1000000", "1000000")]
    [InlineData("1e21", "1e+21")]
    [InlineData("0.0000001", "1e-7")]
    [InlineData("-0.000001", "-0.000001")]
    [InlineData("123456789012345678", "123456789012345680")]
    public void A_number_is_written_as_the_shortest_double(string json, string expected) =>
        Assert.Equal(expected + "\n", Encoding.UTF8.GetString(BlobJson.Blob(JsonNode.Parse(json)!)));

    [Theory]
    [InlineData(0.7, "0.7")]
    [InlineData(100000, "100000")]
    [InlineData(1000000, "1e+06")]
    [InlineData(12345678, "1.2345678e+07")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(-2, "-2")]
    [InlineData(0, "0")]
    public void A_number_is_printed_as_the_reference_prints_it(double value, string expected) =>
        Assert.Equal(expected, GoNumber.Print(value));

    [Fact]
    public void Texts_carry_the_escapes_of_the_reference()
    {
        var text = new StringBuilder();
        BlobJson.AppendText(text, "<a>&\"\\\n\r\t\b\f\u0001\u2028é😀\ud800");

        Assert.Equal("\"\\u003ca\\u003e\\u0026\\\"\\\\\\n\\r\\t\\b\\f\\u0001\\u2028é😀\\ufffd\"", text.ToString());
    }
}
