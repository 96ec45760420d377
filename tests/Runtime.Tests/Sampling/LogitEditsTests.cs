using ModelOps.Runtime.Engines;
using ModelOps.Runtime.Sampling;

namespace ModelOps.Runtime.Tests.Sampling;

/// <summary>Penalties and biases, by the formulas of spec/modelfile-and-store.md 1.7.</summary>
public class LogitEditsTests
{
    private static readonly float[] s_logits = [2f, -3f, 0f, 0.5f, 8f];

    [Fact]
    public void The_repeat_penalty_divides_a_positive_logit_and_multiplies_another()
    {
        var logits = Edited(new SamplingSettings { RepeatPenalty = 2f }, remembered: [0, 1]);

        Assert.Equal([1f, -6f, 0f, 0.5f, 8f], logits);
    }

    [Fact]
    public void The_frequency_penalty_counts_and_the_presence_penalty_does_not()
    {
        Assert.Equal([0.5f, -3f, 0f, 0f, 8f], Edited(new SamplingSettings { FrequencyPenalty = 0.5f }, remembered: [0, 0, 3, 0]));
        Assert.Equal([1.5f, -3f, 0f, 0f, 8f], Edited(new SamplingSettings { PresencePenalty = 0.5f }, remembered: [0, 0, 3, 0]));
    }

    [Fact]
    public void Only_the_last_tokens_are_penalized()
    {
        var settings = new SamplingSettings { PresencePenalty = 1f, RepeatLastN = 2 };

        Assert.Equal([2f, -3f, -1f, -0.5f, 8f], Edited(settings, remembered: [0, 1, 2, 3]));
        Assert.Equal(s_logits, Edited(settings with { RepeatLastN = 0 }, remembered: [0, 1, 2, 3]));
        Assert.Equal([1f, -4f, -1f, -0.5f, 8f], Edited(settings with { RepeatLastN = -1 }, remembered: [0, 1, 2, 3]));
    }

    [Fact]
    public void A_bias_comes_before_the_penalty()
    {
        var logits = Edited(new SamplingSettings { RepeatPenalty = 2f }, remembered: [1], biases: [(1, 5f), (4, float.NegativeInfinity)]);

        Assert.Equal([2f, 1f, 0f, 0.5f, float.NegativeInfinity], logits);
    }

    [Fact]
    public void All_logits_are_as_before_after_the_choice()
    {
        var edits = new LogitEdits([(1, 0.1f), (1, 0.2f), (4, float.NegativeInfinity)],
            new SamplingSettings { RepeatPenalty = 1.1f, FrequencyPenalty = 0.3f }, 64);
        var logits = s_logits.ToArray();
        for (var step = 0; step < 200; step++)
        {
            edits.Remember(step * step % 5);
            edits.Apply(logits);
            Assert.NotEqual(s_logits, logits);
            edits.Undo(logits);
            Assert.Equal(s_logits, logits);
        }
    }

    private static float[] Edited(SamplingSettings settings, int[] remembered, (int Token, float Bias)[]? biases = null)
    {
        var edits = new LogitEdits(biases ?? [], settings, contextLength: 16);
        foreach (var token in remembered)
            edits.Remember(token);

        var logits = s_logits.ToArray();
        edits.Apply(logits);
        return logits;
    }
}
