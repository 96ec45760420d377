using System.Collections.Immutable;

namespace ModelOps.Runtime.Contract;

/// <summary>What a gate asks of a build. A closed set.</summary>
public abstract record Probe
{
    private Probe()
    {
    }

    /// <summary>A chat of one message, answered at temperature 0.</summary>
    /// <param name="Prompt">The message.</param>
    /// <param name="MaxTokens">Longest answer, in tokens.</param>
    public sealed record Ask(string Prompt, int MaxTokens) : Probe;

    /// <summary>The vector of a text.</summary>
    public sealed record Embed(string Text) : Probe;

    /// <summary>How likely a text is, as it stands and without a template.</summary>
    public sealed record Weigh(string Text) : Probe;
}

/// <summary>What came of it.</summary>
/// <param name="Build">Digest of the manifest of the build that answered, bare hex.</param>
public sealed record ProbeAnswer(string Build)
{
    /// <summary>The text; empty for other probes.</summary>
    public string Text { get; init; } = "";

    /// <summary>From the question to the first piece of text; waiting for memory does not count.</summary>
    public TimeSpan FirstToken { get; init; }

    /// <summary>Tokens of the text.</summary>
    public int Tokens { get; init; }

    /// <summary>How long those took to generate.</summary>
    public TimeSpan Generation { get; init; }

    /// <summary>The vector, of length 1; empty for other probes.</summary>
    public ImmutableArray<float> Vector { get; init; } = [];

    /// <summary>
    /// Natural logarithm of the probability of each token behind those before it, on the average; 0 for other probes, and for a text of one
    /// token.
    /// </summary>
    public double LogProbability { get; init; }
}
