using System.Diagnostics;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.TestKit;

namespace ModelOps.ModelfileLang.Tests;

/// <summary>Damaged Modelfiles: a clean error or a result, soon, whatever the bytes are.</summary>
[Trait("Category", "Fuzz")]
public class FuzzTests
{
    [Fact]
    public void Modelfiles()
    {
        var corpus = ConformanceData.Lines("modelfile", "parse.jsonl")
            .Select(line => line.GetProperty("input_b64").GetBytesFromBase64())
            .ToList();
        FuzzRun.Of(corpus, [
            "FROM ", "PARAMETER ", "SYSTEM ", "\"\"\"", "\"", "\n", "\r\n", "MESSAGE user ", "TEMPLATE ", "{{", "}}", "(((", "#", "\0",
            "\uFEFF",
        ], bytes =>
        {
            var parsed = ModelfileParser.Parse(bytes, "fuzz");
            if (!parsed.Succeeded)
            {
                Assert.NotEmpty(parsed.Diagnostics);
                return;
            }

            var formatted = ModelfileFormat.Of(parsed.Modelfile);
            var again = ModelfileParser.Parse(formatted);
            Assert.Equal(
                parsed.Modelfile.Instructions.Select(instruction => (instruction.Name, instruction.Value)),
                again.Modelfile!.Instructions.Select(instruction => (instruction.Name, instruction.Value)));
            Assert.Equal(formatted, ModelfileFormat.Of(again.Modelfile));
            _ = ModelfileLint.Check(ModelfileSource.Decode(bytes, "fuzz"), LintOptions.Default);
        });
    }

    [Theory]
    [InlineData("(")]
    [InlineData("{{")]
    [InlineData("{% for x in y %}")]
    [InlineData("{{ if 1 }}")]
    [InlineData("[")]
    [InlineData("{{ ((")]
    [InlineData("not ")]
    [InlineData("\"\"\"")]
    public void Sixty_four_kilobytes_of_the_same_get_an_answer_at_once(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 64 * 1024 / piece.Length));
        var clock = Stopwatch.StartNew();
        _ = ModelfileParser.Parse("FROM x\nTEMPLATE " + text);

        Assert.True(clock.Elapsed < FuzzRun.Longest, $"{clock.Elapsed}");
    }
}
