using System.Diagnostics;
using System.Text;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Lint.Formats;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.TestKit;

namespace ModelOps.ModelfileLang.Tests.Syntax;

public class HostileInputTests
{
    private const int Size = 64 * 1024;

    /// <summary>Each takes a few milliseconds; the bound only has to tell linear from quadratic on a busy machine.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    public static TheoryData<string> Pieces =>
    [
        "(",
        "\"",
        "\"\"\"",
        "'",
        "\n",
        "\r",
        "#",
        " ",
        "\t",
        "{{",
        "{%",
        "SYSTEM \"\n",
        "SYSTEM \"\"\"\n",
        "FROM a\n",
        "MESSAGE user \"\n",
        "PARAMETER stop x\n",
        "PARAMETER stop \"",
        "\u200b",
        "\ud83d\ude00",
        "\ufffd",
        "x",
        "system \n",
        "# modelops ignore=MF2006\n",
        "LICENSE a\n",
        "\"\n",
        "a\"\n\"",
        "PARAMETER mirostat 1\n",
        "  from  a  \n\n\n",
        "eyJaaaaaaaaaa.",
        "sk-",
        "@",
        "http://a:",
        "<|",
        "PARAMETER num_ctx 1\n",
        "-----BEGIN ",
    ];

    [Theory, MemberData(nameof(Pieces))]
    public void A_piece_repeated_to_64_KB_is_read_and_linted_at_once(string piece)
    {
        foreach (var start in (string[])["", "FROM a\nSYSTEM ", "FROM a\nSYSTEM \"\"\"", "SYSTEM \""])
        {
            var text = start + string.Concat(Enumerable.Repeat(piece, Size / piece.Length));
            var clock = Stopwatch.StartNew();

            var report = ModelfileLint.Check(ModelfileSource.OfText(text), LintOptions.Default);
            _ = ModelfileFormat.Of(ModelfileParser.Parse(text).Recovered);

            Assert.NotEmpty(report.Findings);
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, Bound);
        }
    }

    [Fact]
    public void Damaged_files_are_read_to_their_end_without_a_crash()
    {
        var random = new Random(20261123);
        var inputs = ConformanceData.Lines("modelfile", "parse.jsonl")
            .Select(line => line.GetProperty("input_b64").GetBytesFromBase64())
            .ToArray();

        for (var round = 0; round < 3000; round++)
        {
            var bytes = Damage(random, inputs[random.Next(inputs.Length)], inputs[random.Next(inputs.Length)]);
            try
            {
                var source = ModelfileSource.Decode(bytes, "Modelfile");
                var result = ModelfileParser.Parse(source);
                Assert.Equal(result.Succeeded, result.Diagnostics.IsEmpty);

                var report = ModelfileLint.Check(source, LintOptions.Default);
                _ = LintText.Write(new LintRun(report, LintRules.All, null, "0"));
                Assert.All(report.Findings, finding => Assert.Equal(
                    finding.Diagnostic.Span, source.Span(finding.Diagnostic.Span.Offset, finding.Diagnostic.Span.Length)));

                var formatted = ModelfileFormat.Of(result.Recovered);
                Assert.Equal(formatted, ModelfileFormat.Of(ModelfileParser.Parse(formatted).Recovered));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Round {round}: {Convert.ToBase64String(bytes)}", error);
            }
        }
    }

    private static byte[] Damage(Random random, byte[] bytes, byte[] other)
    {
        var damaged = bytes.ToList();
        for (var count = random.Next(1, 5); count > 0; count--)
        {
            var at = random.Next(damaged.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < damaged.Count:
                    damaged[at] = (byte)random.Next(256);
                    break;
                case 1:
                    damaged.Insert(at, (byte)random.Next(256));
                    break;
                case 2:
                    damaged.RemoveRange(at, Math.Min(random.Next(20), damaged.Count - at));
                    break;
                case 3:
                    damaged.InsertRange(at, other.Skip(random.Next(other.Length + 1)).Take(random.Next(40)));
                    break;
                default:
                    damaged.InsertRange(at, Encoding.UTF8.GetBytes(new string("\"\n\r #"[random.Next(5)], random.Next(1, 8))));
                    break;
            }
        }

        return [.. damaged];
    }
}
