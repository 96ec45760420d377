using ModelOps.Prompting.Prompts;
using ModelOps.Templates.Chat;

namespace ModelOps.Prompting.Tests.Prompts;

/// <summary>What becomes of roles on the engine's own path.</summary>
public class NativeRolesTests
{
    private const string Plain = "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}{% endfor %}";
    private const string KnowsDeveloper = "{% if messages[0].role == \"developer\" or messages[0].role == 'critic' %}{% endif %}";

    [Theory]
    [InlineData("developer", Plain, "system")]
    [InlineData("narrator", Plain, "system")]
    [InlineData("", Plain, "")]
    [InlineData("developer", "", "system")]
    [InlineData("developer", KnowsDeveloper, "developer")]
    [InlineData("critic", KnowsDeveloper, "critic")]
    [InlineData("dev", KnowsDeveloper, "system")]
    [InlineData("system", Plain, "system")]
    [InlineData("user", Plain, "user")]
    [InlineData("assistant", Plain, "assistant")]
    [InlineData("tool", Plain, "tool")]
    public void A_role_that_the_template_does_not_know_is_a_system_message(string role, string template, string expected) =>
        Assert.Equal(new ChatMessage(expected, "text"), Assert.Single(NativeRoles.Of([new ChatMessage(role, "text")], template)));
}
