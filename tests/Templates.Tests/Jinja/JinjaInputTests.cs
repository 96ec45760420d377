using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.Templates.Chat;
using ModelOps.Templates.Jinja;

namespace ModelOps.Templates.Tests.Jinja;

public class JinjaInputTests
{
    [Fact]
    public void Messages_have_role_and_content()
    {
        var input = new JinjaInput
        {
            Messages = [new ChatMessage("system", "S"), new ChatMessage("user", "U")], BosToken = "<s>", EosToken = "</s>",
        };

        Assert.Equal(
            "<s>system=S;user=U;</s>",
            Render("{{ bos_token }}{% for m in messages %}{{ m.role }}={{ m['content'] }};{% endfor %}{{ eos_token }}", input));
    }

    [Fact]
    public void Tools_are_none_without_tools()
    {
        const string Template = "{{ tools is none }}{{ tools | tojson }}";
        var tool = new Tool(Json("""{"type":"function","function":{"name":"f"}}"""));

        Assert.Equal("Truenull", Render(Template, new JinjaInput()));
        Assert.Equal("""False[{"type": "function", "function": {"name": "f"}}]""", Render(Template, new JinjaInput { Tools = [tool] }));
    }

    [Fact]
    public void Calls_and_results_are_in_the_usual_shape()
    {
        var call = new ChatMessage("assistant", "")
        {
            Thinking = "hm", ToolCalls = [new ToolCall("c1", 0, "f", Json("""{"b":1,"a":"x"}"""))],
        };
        var result = new ChatMessage("tool", "42") { ToolName = "f", ToolCallId = "c1" };
        var input = new JinjaInput { Messages = [call, result] };

        Assert.Equal(
            """[{"id": "c1", "type": "function", "function": {"name": "f", "arguments": {"b": 1, "a": "x"}}}]|hm|c1|f""",
            Render(
                "{{ messages[0].tool_calls | tojson }}|{{ messages[0].reasoning_content }}|{{ messages[1].tool_call_id }}|{{ "
                    + "messages[1].name }}",
                input));
        Assert.Equal("False", Render("{{ messages[1].tool_calls is defined }}", input));
    }

    [Fact]
    public void Thinking_is_a_variable_only_when_something_was_said()
    {
        const string Template = "{{ enable_thinking }}|{{ reasoning_effort }}";

        Assert.Equal("|", Render(Template, new JinjaInput()));
        Assert.Equal("True|", Render(Template, new JinjaInput { Think = ThinkSetting.On }));
        Assert.Equal("False|", Render(Template, new JinjaInput { Think = ThinkSetting.Off }));
        Assert.Equal("True|high", Render(Template, new JinjaInput { Think = new ThinkSetting(IsSet: true, Enabled: true, "high") }));
    }

    [Fact]
    public void Own_variables_win()
    {
        var input = new JinjaInput
        {
            AddGenerationPrompt = true, Variables = new JsonObject { ["add_generation_prompt"] = false, ["x"] = 1.0 },
        };

        Assert.Equal("False1.0", Render("{{ add_generation_prompt }}{{ x }}", input));
    }

    [Fact]
    public async Task One_template_renders_on_many_threads_at_once()
    {
        var template = JinjaTemplate.Parse(
            "{% set ns = namespace(s='') %}{% for i in range(50) %}{% set ns.s = ns.s ~ n %}{% endfor %}{{ ns.s }}");
        var texts = await Task.WhenAll(
            Enumerable.Range(0, 32).Select(
                n => Task.Run(() => template.Render(new JsonObject { ["n"] = n }, default), TestContext.Current.CancellationToken)));

        Assert.All(texts.Index(), pair => Assert.Equal(string.Concat(Enumerable.Repeat($"{pair.Index}", 50)), pair.Item));
    }

    private static string Render(string template, JinjaInput input) => JinjaTemplate.Parse(template).Render(input);

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
