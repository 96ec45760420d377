using System.Text.Json.Nodes;
using ModelOps.Templates.Jinja;
using ModelOps.Templates.Rendering;

namespace ModelOps.Templates.Tests.Jinja;

public class ErrorTests
{
    [Theory]
    [InlineData("a\n{% if x %}", 2)]
    [InlineData("a\r\nb\r\n{{ x", 3)]
    [InlineData("\n\n{{ x | nosuch }}", 3)]
    [InlineData("{{ 1 is nosuch }}", 1)]
    [InlineData("{% nosuch %}", 1)]
    [InlineData("{% endif %}", 1)]
    [InlineData("{{ 'a }}", 1)]
    [InlineData("{{ (1] }}", 1)]
    [InlineData("\n{# a", 2)]
    [InlineData("{% raw %}", 1)]
    [InlineData("{% break %}", 1)]
    [InlineData("{% set 1 = 2 %}", 1)]
    [InlineData("{% for loop in x %}{% endfor %}", 1)]
    [InlineData("{% block a %}{% endblock %}\n{% block a %}{% endblock %}", 2)]
    [InlineData("{% macro f(a=1, b) %}{% endmacro %}", 1)]
    [InlineData("{% macro f(caller) %}{{ caller() }}{% endmacro %}", 1)]
    public void Text_that_is_no_template_is_refused_with_its_line(string template, int line)
    {
        var error = Assert.Throws<TemplateException>(() => JinjaTemplate.Parse(template));

        Assert.Equal((TemplateErrorKind.Parse, line), (error.Kind, error.Line));
        Assert.True(error.Column > 0);
    }

    [Theory]
    [InlineData("a\n{{ x.y }}", 2)]
    [InlineData("{{ 1 + 'a' }}", 1)]
    [InlineData("\n\n{{ 1 / 0 }}", 3)]
    [InlineData("{{ x() }}", 1)]
    [InlineData("{% for a in 1 %}{% endfor %}", 1)]
    [InlineData("{% for a in [1] %}{{ loop([1]) }}{% endfor %}", 1)]
    [InlineData("{% set a, b = [1] %}", 1)]
    [InlineData("{{ 'a' | upper(1) }}", 1)]
    [InlineData("{{ [1] | first(1) }}", 1)]
    [InlineData("{{ [].append(1) }}", 1)]
    [InlineData("{{ 'a'.__class__.__mro__ }}", 1)]
    [InlineData("{% include 'x' %}", 1)]
    [InlineData("{% set a = 1 %}{% set a.b = 2 %}", 1)]
    [InlineData("{{ {[1]: 2} }}", 1)]
    [InlineData("{{ namespace() | tojson }}", 1)]
    public void A_render_that_fails_tells_the_line(string template, int line)
    {
        var error = Assert.Throws<TemplateException>(() => JinjaTemplate.Parse(template).Render(new JsonObject(), default));

        Assert.Equal((TemplateErrorKind.Execution, line), (error.Kind, error.Line));
    }

    [Fact]
    public void What_a_template_raises_is_the_message()
    {
        var template = JinjaTemplate.Parse("a\n{{ raise_exception('only ' ~ 1 ~ ' user') }}");

        var error = Assert.Throws<TemplateException>(() => template.Render(new JsonObject(), default));

        Assert.Equal((TemplateErrorKind.Raised, "only 1 user", 2), (error.Kind, error.Message, error.Line));
    }

    [Fact]
    public void An_unknown_filter_in_a_branch_fails_only_when_it_is_reached()
    {
        var template = JinjaTemplate.Parse("{% if x %}{{ 1 | nosuch }}{% endif %}ok");

        Assert.Equal("ok", template.Render(new JsonObject(), default));
        Assert.Throws<TemplateException>(() => template.Render(new JsonObject { ["x"] = true }, default));
    }
}
