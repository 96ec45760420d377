using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Prompting.Prompts;
using ModelOps.Prompting.Requests;
using ModelOps.Templates.Chat;
using ModelOps.Templates.GoTemplates;
using ModelOps.Templates.Jinja;
using ModelOps.Templates.Rendering;

namespace ModelOps.Prompting.Tests.Prompts;

/// <summary>
/// Arguments of earlier calls that are text: templates that can take text get it, the others' refusal says which call it was.
/// </summary>
public class TextArgumentsTests
{
    private const string Path = "messages[1].tool_calls[0].function.arguments";

    private static readonly ImmutableArray<ChatMessage> Broken = Conversation("\"not {json\"");

    [Theory]
    [InlineData("{{ range .Messages }}{{ range .ToolCalls }}{{ .Function.Arguments }}{{ end }}{{ end }}", "not {json")]
    [InlineData("{{ range .Messages }}{{ range .ToolCalls }}{{ json .Function.Arguments }}{{ end }}{{ end }}", "\"not {json\"")]
    public void A_Go_template_prints_text(string template, string prompt) =>
        Assert.Equal(prompt, GoTemplate.Parse(template).Render(new GoTemplateInput { Messages = Broken }));

    [Theory]
    [InlineData(
        "{%- for m in messages %}{% for c in m.tool_calls %}{{ c.function.arguments if c.function.arguments is string else "
            + "c.function.arguments | tojson }}{% endfor %}{% endfor %}",
        "not {json")]
    [InlineData(
        "{%- for m in messages %}{% for c in m.tool_calls %}{{ c.function.arguments | tojson }}{% endfor %}{% endfor %}", "\"not {json\"")]
    public void A_Jinja_template_gets_text(string template, string prompt) =>
        Assert.Equal(prompt, JinjaTemplate.Parse(template).Render(new JinjaInput { Messages = Broken }));

    [Theory]
    [InlineData("{{ range .Messages }}{{ range .ToolCalls }}{{ range $k, $v := .Function.Arguments }}{{ $k }}{{ end }}{{ end }}{{ end }}")]
    [InlineData("{{ range .Messages }}{{ range .ToolCalls }}{{ .Function.Arguments.city }}{{ end }}{{ end }}")]
    public void A_Go_template_that_wants_an_object_refuses_with_message_and_call(string template) =>
        AssertRefused(messages => GoTemplate.Parse(template).Render(new GoTemplateInput { Messages = messages }));

    [Theory]
    [InlineData(
        "{%- for m in messages %}{% for c in m.tool_calls %}{% for k, v in c.function.arguments | items %}{{ k }}{% endfor %}{% "
            + "endfor %}{% endfor %}")]
    [InlineData(
        "{%- for m in messages %}{% for c in m.tool_calls %}{% for k, v in c.function.arguments.items() %}{{ k }}{% endfor %}{% "
            + "endfor %}{% endfor %}")]
    [InlineData(
        "{%- for m in messages %}{% for c in m.tool_calls %}{% if c.function.arguments is not mapping %}{{ raise_exception('an "
            + "object is wanted') }}{% endif %}{% endfor %}{% endfor %}")]
    public void A_Jinja_template_that_wants_an_object_refuses_with_message_and_call(string template) =>
        AssertRefused(messages => JinjaTemplate.Parse(template).Render(new JinjaInput { Messages = messages }));

    [Fact]
    public void A_template_that_fails_all_the_same_is_not_blamed_on_the_call()
    {
        var fault = new TemplateException(TemplateErrorKind.Execution, "no", 1, 1);

        Assert.Null(TextArguments.Refusal(Broken, fault, _ => throw new InferenceException(new InferenceRefusal.TemplateInvalid("no"))));
        Assert.Null(TextArguments.Refusal(Conversation("{}"), fault, _ => { }));
    }

    private static void AssertRefused(Func<ImmutableArray<ChatMessage>, string> render)
    {
        var fault = Assert.Throws<TemplateException>(() => render(Broken));
        var refusal = TextArguments.Refusal(Broken, fault, messages => render(messages))!;
        Assert.IsType<InferenceRefusal.ArgumentsAreText>(refusal.Refusal);
        Assert.Contains(Path, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("\"f\"", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(fault.Message, refusal.Message, StringComparison.Ordinal);
    }

    private static ImmutableArray<ChatMessage> Conversation(string arguments) =>
    [
        new ChatMessage("user", "x"),
        new ChatMessage("assistant", "") { ToolCalls = [new ToolCall("c", 0, "f", JsonElement.Parse(arguments)) { ArgumentsPath = Path }] },
    ];
}
