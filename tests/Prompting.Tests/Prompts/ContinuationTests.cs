using System.Collections.Immutable;
using System.Text.Json;
using ModelOps.Prompting.Prompts;
using ModelOps.Templates.Chat;
using ModelOps.Templates.Jinja;

namespace ModelOps.Prompting.Tests.Prompts;

/// <summary>The prompt of a chat whose last turn is the assistant's.</summary>
public class ContinuationTests
{
    private const string Plain =
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt "
            + "%}<|im_start|>assistant\n{% endif %}";

    private const string Trimming =
        "{% for m in messages %}[{{ m.role }}]{{ m.content | trim }}[end]{% endfor %}{% if add_generation_prompt "
            + "%}[assistant]<think>{% endif %}";

    private const string Thinking =
        "{% for m in messages %}[{{ m.role }}]{% if m.reasoning_content %}<think>{{ m.reasoning_content }}</think>{% endif %}{{ "
            + "m.content }}[end]{% endfor %}"
        + "{% if add_generation_prompt %}[assistant]<think>{% endif %}";

    private const string Hiding =
        "{% for m in messages %}{% if m.role == 'user' %}[{{ m.content }}]{% endif %}{% endfor %}{% if add_generation_prompt "
            + "%}[assistant]{% endif %}";

    private static readonly ChatMessage Question = new("user", "Count to five.");

    [Theory]
    [InlineData(Plain, "One, two,", "", "<|im_start|>user\nCount to five.<|im_end|>\n<|im_start|>assistant\nOne, two,")]
    [InlineData(Plain, "end", "", "<|im_start|>user\nCount to five.<|im_end|>\n<|im_start|>assistant\nend")]
    [InlineData(Plain, "Count to five.", "", "<|im_start|>user\nCount to five.<|im_end|>\n<|im_start|>assistant\nCount to five.")]
    [InlineData(Trimming, "One, two, ", "", "[user]Count to five.[end][assistant]One, two, ")]
    [InlineData(Thinking, "", "They want", "[user]Count to five.[end][assistant]<think>They want")]
    [InlineData(Thinking, "One", "They want it.", "[user]Count to five.[end][assistant]<think>They want it.</think>One")]
    [InlineData(Hiding, "One", "", "[Count to five.][assistant]One")]
    public void The_prompt_ends_with_the_text_of_the_last_turn(string template, string content, string thinking, string expected) =>
        Assert.Equal(expected, Continuation.Render([
            Question, new ChatMessage("assistant", content) { Thinking = thinking },
        ], (turns, isNew) =>
            JinjaTemplate.Parse(template).Render(new JinjaInput { Messages = turns, AddGenerationPrompt = isNew })));

    [Fact]
    public void Only_text_of_the_assistant_at_the_end_is_continued()
    {
        var answer = new ChatMessage("assistant", "One,");
        var call = answer with { ToolCalls = [new ToolCall("", 0, "f", JsonElement.Parse("{}"))] };
        Assert.Same(answer, Continuation.Of([Question, answer]));
        Assert.Null(Continuation.Of([Question, answer, Question]));
        Assert.Null(Continuation.Of([Question, call]));
        Assert.Null(Continuation.Of([Question, answer with { Content = "" }]));
        Assert.Null(Continuation.Of([]));
    }

    [Fact]
    public void An_empty_turn_at_the_end_is_like_none()
    {
        ImmutableArray<ChatMessage> messages = [Question, new ChatMessage("assistant", "")];
        Assert.Equal([Question], Continuation.WithoutEmpty(messages));
        Assert.Equal(2, Continuation.WithoutEmpty(messages.Add(Question).RemoveAt(0)).Length);
    }
}
