using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Chat;
using ModelOps.ModelfileLang.GoTemplates;
using ModelOps.ModelfileLang.Jinja;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Syntax;
using ModelOps.ModelfileLang.Templates;
using ModelOps.ModelfileLang.Tests.Jinja;
using ModelOps.TestKit;

namespace ModelOps.ModelfileLang.Tests;

/// <summary>Damaged Modelfiles and templates: a clean error or a result, soon, whatever the bytes are.</summary>
[Trait("Category", "Fuzz")]
public class FuzzTests
{
    /// <summary>Far beyond what any input of this size should take; a hang is the defect, not a slow machine.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(2);

    [Fact]
    public void Modelfiles()
    {
        var corpus = ConformanceData.Lines("modelfile", "parse.jsonl").Select(line => line.GetProperty("input_b64").GetBytesFromBase64()).ToList();
        Run(corpus, ["FROM ", "PARAMETER ", "SYSTEM ", "\"\"\"", "\"", "\n", "\r\n", "MESSAGE user ", "TEMPLATE ", "{{", "}}", "(((", "#", "\0", "\uFEFF"], bytes =>
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

    [Fact]
    public void Go_templates()
    {
        var corpus = ConformanceData.Lines("go-template", "templates.jsonl").Select(line => Encoding.UTF8.GetBytes(line.GetProperty("template").GetString()!)).ToList();
        var input = new GoTemplateInput { Messages = [new ChatMessage("system", "S"), new ChatMessage("user", "U"), new ChatMessage("assistant", "A"), new ChatMessage("user", "V")] };
        Run(corpus, ["{{", "}}", "{{-", "-}}", "{{ range .Messages }}", "{{ if ", "{{ end }}", "{{ else }}", "(", ")", "|", "$x", ":=", "`", "\"", "{{/*", "*/}}", "{{ template \"a\" . }}", "{{ define \"a\" }}"], bytes =>
        {
            try
            {
                _ = GoTemplate.Parse(Encoding.UTF8.GetString(bytes)).Render(input);
            }
            catch (TemplateException)
            {
                // A clean refusal.
            }
        });
    }

    [Fact]
    public void Jinja_templates()
    {
        List<byte[]> corpus =
        [
            .. new[]
            {
                "{% for m in messages %}<|{{ m.role }}|>{{ m.content | trim }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}",
                "{% macro f(a, b=1) %}{{ a ~ b }}{% endmacro %}{{ f('x') }}{% set ns = namespace(n=0) %}{% for i in range(3) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}",
                "{%- call(x) f(1) -%}{{ x }}{%- endcall -%}{% filter upper %}a{% endfilter %}{{ [1,2,3][::-1] | tojson }}{{ {'a': (1, 2)}.items() | list }}",
            }.Select(Encoding.UTF8.GetBytes),
            .. ConformanceData.Jinja is { } folder ? Directory.GetFiles(Path.Combine(folder, "templates")).Select(File.ReadAllBytes) : [],
        ];
        var messages = JsonNode.Parse("""[{"role":"system","content":"S"},{"role":"user","content":"U"},{"role":"assistant","content":"A"},{"role":"user","content":"V"}]""")!;
        Run(corpus, ["{{", "}}", "{%", "%}", "{#", "#}", "{% for x in ", "{% endfor %}", "{% if ", "{% endif %}", "(", ")", "[", "]", "|", "'", "\"", "~", "**", "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "loop.index"], bytes =>
        {
            try
            {
                var variables = new JsonObject { ["messages"] = messages.DeepClone(), ["add_generation_prompt"] = true, ["bos_token"] = "<s>", ["eos_token"] = "</s>" };
                _ = JinjaTemplate.Parse(Encoding.UTF8.GetString(bytes)).Render(variables, PublishedTemplates.Now);
            }
            catch (TemplateException)
            {
                // A clean refusal.
            }
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
        foreach (var whole in new[] { text, "{{ " + text, "{% if " + text })
        {
            Assert.ThrowsAny<Exception>(() => GoTemplate.Parse(whole + "{{ nofunction").Render(new GoTemplateInput()));
            Assert.ThrowsAny<Exception>(() => JinjaTemplate.Parse(whole + "{{").Render([], PublishedTemplates.Now));
        }

        Assert.True(clock.Elapsed < Longest, $"{clock.Elapsed}");
    }

    private static void Run(List<byte[]> corpus, string[] tokens, Action<byte[]> check)
    {
        var seed = Environment.TickCount;
        var mutator = new Mutator(new Random(seed), corpus, [.. tokens.Select(Encoding.UTF8.GetBytes)]);
        var until = DateTime.UtcNow + FuzzTime.Of(Moment);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        while (DateTime.UtcNow < until)
        {
            var text = mutator.Next();
            var clock = Stopwatch.StartNew();
            try
            {
                check(text);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}: {Convert.ToBase64String(text)}", error);
            }

            Assert.True(clock.Elapsed < Longest, $"seed {seed} took {clock.Elapsed}: {Convert.ToBase64String(text)}");
        }

        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 256 << 20, "memory stays behind");
    }
}
