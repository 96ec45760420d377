using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using ModelOps.Templates.Chat;
using ModelOps.Templates.GoTemplates;
using ModelOps.Templates.Jinja;
using ModelOps.Templates.Rendering;
using ModelOps.Templates.Tests.Jinja;
using ModelOps.TestKit;

namespace ModelOps.Templates.Tests;

/// <summary>Damaged templates: a clean error or a result, soon, whatever the bytes are.</summary>
[Trait("Category", "Fuzz")]
public class FuzzTests
{
    [Fact]
    public void Go_templates()
    {
        var corpus = ConformanceData.Lines("go-template", "templates.jsonl").Select(line => Encoding.UTF8.GetBytes(line.GetProperty("template").GetString()!)).ToList();
        var input = new GoTemplateInput { Messages = [new ChatMessage("system", "S"), new ChatMessage("user", "U"), new ChatMessage("assistant", "A"), new ChatMessage("user", "V")] };
        FuzzRun.Of(corpus, ["{{", "}}", "{{-", "-}}", "{{ range .Messages }}", "{{ if ", "{{ end }}", "{{ else }}", "(", ")", "|", "$x", ":=", "`", "\"", "{{/*", "*/}}", "{{ template \"a\" . }}", "{{ define \"a\" }}"], bytes =>
        {
            try
            {
                GoTemplate.Parse(Encoding.UTF8.GetString(bytes)).Render(input);
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
        FuzzRun.Of(corpus, ["{{", "}}", "{%", "%}", "{#", "#}", "{% for x in ", "{% endfor %}", "{% if ", "{% endif %}", "(", ")", "[", "]", "|", "'", "\"", "~", "**", "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "loop.index"], bytes =>
        {
            try
            {
                var variables = new JsonObject { ["messages"] = messages.DeepClone(), ["add_generation_prompt"] = true, ["bos_token"] = "<s>", ["eos_token"] = "</s>" };
                JinjaTemplate.Parse(Encoding.UTF8.GetString(bytes)).Render(variables, PublishedTemplates.Now);
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
        foreach (var whole in new[] { text, "{{ " + text, "{% if " + text })
        {
            Assert.ThrowsAny<Exception>(() => GoTemplate.Parse(whole + "{{ nofunction").Render(new GoTemplateInput()));
            Assert.ThrowsAny<Exception>(() => JinjaTemplate.Parse(whole + "{{").Render([], PublishedTemplates.Now));
        }

        Assert.True(clock.Elapsed < FuzzRun.Longest, $"{clock.Elapsed}");
    }
}
