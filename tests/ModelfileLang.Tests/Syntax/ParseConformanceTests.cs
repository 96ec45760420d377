using System.Text.Json;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.TestKit;

namespace ModelOps.ModelfileLang.Tests.Syntax;

[Trait("Category", "Conformance")]
public class ParseConformanceTests
{
    public static TheoryData<string, string> Cases => ConformanceData.Cases("modelfile", "parse.jsonl");

    [Theory, MemberData(nameof(Cases))]
    public void A_file_is_read_and_written_as_the_reference_does(string id, string json)
    {
        Assert.NotEmpty(id);
        using var document = JsonDocument.Parse(json);
        var expected = document.RootElement;

        var result = ModelfileParser.Parse(expected.GetProperty("input_b64").GetBytesFromBase64());

        Assert.Equal(expected.GetProperty("ok").GetBoolean(), result.Succeeded);
        if (!result.Succeeded)
        {
            Assert.Equal(expected.GetProperty("error").GetString(), result.ReferenceError);
            Assert.NotEmpty(result.Diagnostics);
            return;
        }

        Assert.Empty(result.Diagnostics);
        Assert.Equal(
            expected.GetProperty("commands")
                .EnumerateArray()
                .Select(command => (command.GetProperty("name").GetString()!, command.GetProperty("args").GetString()!)),
            result.Modelfile.Instructions.Select(instruction => (instruction.Name, instruction.Value)));
        Assert.Equal(expected.GetProperty("formatted").GetString(), ModelfileWriter.Write(result.Modelfile));
    }

    [Theory, MemberData(nameof(Cases))]
    public void What_was_read_survives_the_canonical_writer_and_the_formatter(string id, string json)
    {
        Assert.NotEmpty(id);
        using var document = JsonDocument.Parse(json);
        var recovered = ModelfileParser.Parse(document.RootElement.GetProperty("input_b64").GetBytesFromBase64()).Recovered;

        var formatted = ModelfileFormat.Of(recovered);

        foreach (var text in (string[])[CanonicalWriter.Write(recovered.Instructions), formatted])
        {
            Assert.Equal(
                recovered.Instructions.Select(instruction => (instruction.Name, instruction.Value)),
                ModelfileParser.Parse(text).Recovered.Instructions.Select(instruction => (instruction.Name, instruction.Value)));
        }

        Assert.Equal(formatted, ModelfileFormat.Of(ModelfileParser.Parse(formatted).Recovered));
    }
}
