using System.Text.Json.Nodes;
using ModelOps.Templates.Jinja;

namespace ModelOps.Templates.Tests.Jinja;

public class LanguageTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 14, 15, 9, 26, TimeSpan.Zero);

    [Theory]
    [InlineData("{% for x in [1, 2, 3] %}{% if x == 2 %}{% continue %}{% endif %}{{ x }}{% endfor %}", "13")]
    [InlineData("{% for x in [1, 2, 3] %}{{ x }}{% if loop.index == 2 %}{% break %}{% endif %}{% else %}none{% endfor %}", "12")]
    [InlineData("{% for x in [] %}{{ x }}{% else %}none{% endfor %}", "none")]
    [InlineData(
        "{% for x in [3, 1, 2] if x > 1 %}{{ loop.index }}/{{ loop.length }}={{ x }}{{ ',' if not loop.last }}{% endfor %}", "1/2=3,2/2=2")]
    [InlineData(
        "{% for x in 'abc' %}{{ loop.previtem }}{{ x }}{{ loop.nextitem }}{{ loop.revindex0 }}{{ loop.cycle('-', '+') }}{% endfor %}",
        "ab2-abc1+bc0-")]
    [InlineData("{% for x in [1, 1, 2] %}{{ loop.changed(x) }}{% endfor %}", "TrueFalseTrue")]
    [InlineData("{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}{{ v }}{% endfor %}", "a1b2")]
    [InlineData(
        "{% for n in [{'v': 1, 'c': [{'v': 2, 'c': []}]}] recursive %}{{ loop.depth }}:{{ n.v }}{{ loop(n.c) }}{% endfor %}", "1:12:2")]
    [InlineData("{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{% endfor %}{{ x }}", "1")]
    [InlineData("{% set ns = namespace(x=1) %}{% for i in [1] %}{% set ns.x = 2 %}{% endfor %}{{ ns.x }}", "2")]
    [InlineData("{% set a, b = 1, 2 %}{{ b }}{{ a }}", "21")]
    [InlineData("{% set x | upper %}a{{ 1 }}{% endset %}{{ x }}", "A1")]
    [InlineData("{% with x = 1 %}{{ x }}{% endwith %}{{ x is defined }}", "1False")]
    [InlineData("{% filter upper | replace('A', 'o') %}abc{% endfilter %}", "oBC")]
    [InlineData("{% generation %}a{{ 1 }}{% endgeneration %}", "a1")]
    [InlineData("{% if none %}a{% elif [] %}b{% else %}c{% endif %}", "c")]
    [InlineData("{% raw %}{{ x }}{% endraw %}", "{{ x }}")]
    [InlineData("{% macro f(a, b='z') %}{{ a }}{{ b }}{% endmacro %}{{ f(1) }}{{ f(b=2, a=3) }}", "1z32")]
    [InlineData("{% macro f() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1, 2, k=3) }}", "(1, 2){'k': 3}")]
    [InlineData("{% macro f() %}[{{ caller(5) }}]{% endmacro %}{% call(x) f() %}{{ x }}{% endcall %}", "[5]")]
    [InlineData("{% macro f(n) %}{{ n }}{% if n %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}", "3210")]
    [InlineData("a\n  {% if true %}\n  b\n  {% endif %}\nc", "a\n  b\nc")]
    [InlineData("a  {%- if true -%}  b  {%- endif -%}  c", "abc")]
    [InlineData("a\n  {%+ if true +%}\nb{% endif %}", "a\n  \nb")]
    [InlineData("  {# a #}\nb {{- 1 -}} c", "b1c")]
    [InlineData("a\n", "a")]
    [InlineData("{{ [1, 'a', None, true, 1.0, {'k': (1,)}] }}", "[1, 'a', None, True, 1.0, {'k': (1,)}]")]
    [InlineData(
        "{{ 1e16 }} {{ 0.1 + 0.2 }} {{ 1 / 2 }} {{ 7 // 2 }} {{ -7 % 3 }} {{ 2 ** 10 }} {{ 1e-5 }}",
        "1e+16 0.30000000000000004 0.5 3 2 1024 1e-05")]
    [InlineData("{{ ['it\\'s', 'a\\nb'] }}", "[\"it's\", 'a\\nb']")]
    [InlineData("{{ undefined }}|{{ undefined is defined }}|{{ {}.x }}|{{ none }}", "|False||None")]
    [InlineData("{{ 'a' 'b' ~ 1 ~ none }}", "ab1None")]
    [InlineData("{{ 99999999999999999999 + 1 }}", "100000000000000000000")]
    [InlineData("{{ 1 < 2 < 3 }}{{ 3 > 2 > 2 }}{{ 1 == 1.0 }}{{ 'a' < 'b' }}{{ [1, 2] < [1, 3] }}", "TrueFalseTrueTrueTrue")]
    [InlineData("{{ not 1 == 2 and 0 or 'x' }}", "x")]
    [InlineData("{{ 'b' in 'abc' }}{{ 'x' not in ['y'] }}{{ 'k' in {'k': 1} }}", "TrueTrueTrue")]
    [InlineData("{{ 'yes' if 1 else 'no' }}{{ 'yes' if 0 }}", "yes")]
    [InlineData("{{ '%s-%05.2f-%r' % ('a', 1.5, 'b') }}", "a-01.50-'b'")]
    [InlineData("{{ [1] + [2] }}{{ 'ab' * 2 }}{{ (1,) + (2,) }}", "[1, 2]abab(1, 2)")]
    [InlineData("{{ 'hello'[1:3] }}{{ 'hello'[::-1] }}{{ [1, 2, 3][-2:] }}{{ [1, 2, 3][5:] }}{{ 'abc'[-1] }}", "elolleh[2, 3][]c")]
    [InlineData("{{ range(5)[1] }}{{ range(0, 10, 3) | list }}", "1[0, 3, 6, 9]")]
    [InlineData(
        "{{ 1 is odd }}{{ 2 is divisibleby 2 }}{{ 'a' is string }}{{ {} is mapping }}{{ [] is sequence }}{{ none is none }}{{ 1 is "
            + "not number }}{{ 1 is in [1] }}{{ true is boolean }}{{ 'A' is upper }}",
        "TrueTrueTrueTrueTrueTrueFalseTrueTrueTrue")]
    [InlineData(
        "{{ 'a b' | title }}{{ ' x ' | trim }}{{ [3, 1, 2] | sort | join(',') }}{{ [1, 2] | last }}{{ [1, 2] | first }}", "A Bx1,2,321")]
    [InlineData(
        "{{ [{'a': 1}, {'a': 2}] | map(attribute='a') | list }}{{ [{'a': 1}, {'b': 2}] | selectattr('a', 'defined') | list }}{{ [1, "
            + "2, 3] | reject('odd') | list }}",
        "[1, 2][{'a': 1}][2]")]
    [InlineData("{{ undefined | default('d') }}{{ '' | default('d', true) }}{{ none | d('x') }}", "ddNone")]
    [InlineData("{{ {'b': 1, 'a': 2} | dictsort }}{{ {'b': 1} | items | list }}", "[('a', 2), ('b', 1)][('b', 1)]")]
    [InlineData(
        "{{ [1, 2, 3] | sum }}{{ [1, 2] | max }}{{ [1, 1] | unique | list }}{{ [1, 2, 3] | batch(2) | list }}", "62[1][[1, 2], [3]]")]
    [InlineData(
        "{{ 'a\\nb' | indent(2) }}{{ 'abcdefghijkl' | truncate(5, true) }}{{ 3.7 | int }}{{ '4' | int }}{{ 2.5 | round }}",
        "a\n  bab...342.0")]
    [InlineData("{{ {'a': [1, 'é', none, true]} | tojson }}", "{\"a\": [1, \"é\", null, true]}")]
    [InlineData("{{ {'b': 1, 'a': '<'} | tojson(indent=2, sort_keys=true) }}", "{\n  \"a\": \"<\",\n  \"b\": 1\n}")]
    [InlineData("{{ [1, 2] | tojson(separators=(',', ':')) }}{{ 'é' | tojson(ensure_ascii=true) }}", "[1,2]\"\\u00e9\"")]
    [InlineData("{{ '<a>' | e }}{{ '<a>' | safe }}", "&lt;a&gt;<a>")]
    [InlineData("{{ 'ab' | list }}{{ 'ab' | reverse }}{{ 'ab' | length }}{{ [[1, 'x']] | map('last') | join }}", "['a', 'b']ba2x")]
    [InlineData(
        "{% for g in [{'k': 'a', 'v': 1}, {'k': 'b', 'v': 2}, {'k': 'a', 'v': 3}] | groupby('k') %}{{ g.grouper }}{{ g.list | "
            + "map(attribute='v') | list }}{% endfor %}",
        "a[1, 3]b[2]")]
    [InlineData(
        "{{ ' a '.strip() }}{{ 'a,b'.split(',') }}{{ 'xay'.replace('a', 'b') }}{{ 'ab'.upper() }}{{ 'ab'.startswith(('x', 'a')) }}{{ "
            + "'a-b-c'.rsplit('-', 1) }}",
        "a['a', 'b']xbyABTrue['a-b', 'c']")]
    [InlineData(
        "{{ {'a': 1}.get('b', 2) }}{{ {'a': 1}.keys() | list }}{{ 'a{}b{x}'.format(1, x=2) }}{{ 'aXbX'.rstrip('X') }}{{ 'abc'.find('c') }}",
        "2['a']a1b2aXb2")]
    [InlineData("{{ 'Σß😀'.lower() }}{{ 'ß'.upper() }}{{ '😀a'[0] }}{{ '😀'|length }}", "σß😀SS😀1")]
    [InlineData(
        "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{% set j = joiner('-') %}{{ j() }}x{{ j() }}y", "abax-y")]
    [InlineData("{{ dict(a=1, b=2) }}{{ namespace(a=1).a }}{{ range(3) }}", "{'a': 1, 'b': 2}1range(0, 3)")]
    [InlineData("{{ strftime_now('%d %b %Y %H:%M %A %j %-d') }}", "14 Mar 2026 15:09 Saturday 073 14")]
    public void A_template_prints_what_Jinja_prints(string template, string expected) =>
        Assert.Equal(expected, JinjaTemplate.Parse(template).Render(new JsonObject(), Now));
}
