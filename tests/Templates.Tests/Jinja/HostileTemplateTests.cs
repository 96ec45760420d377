using System.Diagnostics;
using System.Text.Json.Nodes;
using ModelOps.Templates.Jinja;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.Tests.Jinja;

public class HostileTemplateTests
{
    private const int Size = 64 * 1024;
    private const string Forever = "{% for i in range(100000) %}";
    private const string Big = "{% set s = 'a' * 1000000 %}";

    /// <summary>Far above what any of these takes; without the bounds they take hours.</summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    public static TheoryData<string> Pieces =>
    [
        "(",
        "[",
        "{",
        "{{",
        "{%",
        "{#",
        "{{(",
        "{{[",
        "{{{",
        "{{ a",
        "{{ -",
        "{{ not ",
        "{{ a.",
        "{{ a|",
        "{{ a is ",
        "{{ \"",
        "{{ a if ",
        "{{a(",
        "{{a[",
        "{{a~",
        "{{{\"a\":",
        "{% if a %}",
        "{% for a in b %}",
        "{% macro a() %}",
        "{% set a %}",
        "{% call a() %}",
        "{% filter upper %}",
        "{% raw %}",
        "{% with %}",
        "{% generation %}",
        "{% block a %}",
        "{% if a %}{% else %}",
        "{% elif a %}",
        "{%set a=",
        "{% autoescape true %}",
        "-",
        "{%-",
        "-%}",
        "\n",
        "\r\n",
        " ",
        "}",
        "%}",
        "'",
        "\\",
        "é",
        "\ud83d\ude00",
        "\ud800",
        "{{ 1 }}",
        "9",
        "1.",
        "{# {#",
        "{{}}",
    ];

    public static TheoryData<string, string, string> Chains => new()
    {
        { "{{ ", "1+", "1 }}" },
        { "{{ ", "1~", "1 }}" },
        { "{{ ", "a.", "c }}" },
        { "{{ s", "|upper", " }}" },
        { "{{ s", "[0]", " }}" },
        { "{{ ", "1<", "1 }}" },
        { "{{ ", "1 and ", "1 }}" },
        { "{{ ", "not ", "1 }}" },
        { "{{ ", "-", "1 }}" },
        { "{{ ", "2**", "2 }}" },
        { "{{ ", "1 if 1 else ", "2 }}" },
        { "{{ s", " is string", " }}" },
        { "{{ [", "1,", "1] }}" },
        { "{{ s", ".upper()", " }}" },
        { "{{ s", "()", " }}" },
        { "{{ ", "'a' ", "}}" },
        { "{{ ", "9", " }}" },
        { "{{ 1e", "9", " }}" },
        { "{% if 0 %}", "{% elif 0 %}", "{% endif %}" },
        { "{{ l", "|map('string')", "|list }}" },
        { "{{ l", "|reverse", "|list }}" },
        { "{{ f(", "a=1,", ") }}" },
        { "{% macro f(", "a,", "b) %}{% endmacro %}" },
        { "{% set s = 'aaaaaaaaaaaaaaaa' %}", "{% set s = s ~ s %}", "{{ s }}" },
    };

    public static TheoryData<string> Greedy =>
    [
        Forever + Forever + "{% endfor %}{% endfor %}",
        Forever + "{% set x = 'x' * 1000000 %}{% endfor %}",
        Forever + "{% set x = range(100000) | list %}{% endfor %}",
        "{% set ns = namespace(l=[]) %}" + Forever + "{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
        "{% set ns = namespace(l=[]) %}" + Forever + "{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l | tojson }}",
        "{% set ns = namespace(l=()) %}" + Forever + "{% set ns.l = (ns.l,) %}{% endfor %}{{ {ns.l: 1} }}",
        "{% set ns = namespace(l=[1], m=[1]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% set ns.m = [ns.m, ns.m] %}{% "
            + "endfor %}{{ ns.l == ns.m }}",
        "{% set ns = namespace(l=(1,)) %}{% for i in range(60) %}{% set ns.l = (ns.l, ns.l) %}{% endfor %}{{ {ns.l: 1} }}",
        "{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
        "{% set ns = namespace(n=3) %}{% for i in range(60) %}{% set ns.n = ns.n * ns.n %}{% endfor %}{{ ns.n }}",
        "{% set ns = namespace() %}{% set ns.s = [ns] %}{{ ns }}",
        "{{ 2 ** 100000000 }}",
        "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
        "{% for x in [[1]] recursive %}{{ loop([x]) }}{% endfor %}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '{:1000000000}'.format(1) }}",
        "{{ 'x'.ljust(1000000000) }}",
        "{{ 'x' | center(1000000000) }}",
        "{{ 'x\ny' | indent(1000000000) }}",
        "{{ '\t'.expandtabs(1000000000) }}",
        "{{ [1] * 1000000000 }}",
        "{{ [1] | batch(1000000000, 0) | list }}",
        "{{ range(1000000000) }}",
        "{{ ('a' * 1000000).replace('a', 'b' * 1000000) }}",
        "{{ strftime_now('%c' * 1000000) }}",
        Big + Forever + "{% set x = s[-1] %}{% endfor %}",
        Big + Forever + "{% set x = s.count('b') %}{% endfor %}",
        Big + Forever + "{% set x = {s: 1} %}{% endfor %}",
        Big + "{% set t = 'a' * 1000000 %}" + Forever + "{% set x = s == t %}{% endfor %}",
        Big + "{% set l = [s] * 100000 %}{{ l | sort | length }}",
        Big + "{% set l = [s] * 100000 %}{{ l | map('upper') | list | length }}",
        Big + "{% set l = [s] * 100000 %}{{ l | groupby(0) | list | length }}",
        "{% set s = 'ab' * 500000 %}{{ s.find('ab' * 400000 ~ 'c') }}",
        "{% set t = ('x',) * 100000 %}" + Forever + "{{ 'abc'.startswith(t) }}{% endfor %}",
    ];

    [Theory, MemberData(nameof(Pieces))]
    public void A_piece_repeated_to_64_KB_is_read_at_once(string piece) => Survives(Repeated(piece));

    [Theory, MemberData(nameof(Chains))]
    public void A_long_chain_is_rendered_or_refused(string start, string piece, string end) => Survives(start + Repeated(piece) + end);

    [Theory, MemberData(nameof(Greedy))]
    public void A_render_that_wants_too_much_is_stopped(string template)
    {
        var clock = Stopwatch.StartNew();

        var error = Assert.Throws<TemplateException>(() => JinjaTemplate.Parse(template).Render(new JsonObject(), default));

        Assert.Equal(TemplateErrorKind.Limit, error.Kind);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Bound);
    }

    [Fact]
    public void The_caller_sets_the_limits()
    {
        static TemplateErrorKind Of(string template, TemplateLimits limits) =>
            Assert.Throws<TemplateException>(() => JinjaTemplate.Parse(template).Render(new JsonObject(), default, limits)).Kind;

        Assert.Equal(TemplateErrorKind.Limit, Of("{% for i in range(100) %}{{ i }}{% endfor %}", new TemplateLimits(Steps: 50)));
        Assert.Equal(TemplateErrorKind.Limit, Of("{{ 'a' * 11 }}", new TemplateLimits(OutputCharacters: 10)));
        Assert.Equal(
            TemplateErrorKind.Limit,
            Of("{% macro f(n) %}{% if n %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(9) }}", new TemplateLimits(Depth: 5)));
    }

    [Fact]
    public void Damaged_templates_are_refused_or_rendered_without_a_crash()
    {
        var random = new Random(20261123);
        string[] words = [
            .. Pieces.Select(row => (string)row.Data), "{{ m.role }}", "{% endif %}", "{% endfor %}", "}}", "%}", "m", "loop.index",
            "|tojson", " in ", "=", "0", ",", ")", "]", "range(3)", "x", "is defined",
        ];
        for (var round = 0; round < 20_000; round++)
            Survives(string.Concat(Enumerable.Range(0, random.Next(1, 25)).Select(_ => words[random.Next(words.Length)])));
    }

    private static string Repeated(string piece) => string.Concat(Enumerable.Repeat(piece, Size / piece.Length));

    private static void Survives(string template)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            JinjaTemplate.Parse(template).Render(
                new JsonObject { ["s"] = "abc", ["l"] = new JsonArray(1, 2), ["b"] = new JsonArray(1) }, default);
        }
        catch (TemplateException error)
        {
            Assert.True(error.Line > 0 && error.Column > 0, error.Message);
        }

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }
}
