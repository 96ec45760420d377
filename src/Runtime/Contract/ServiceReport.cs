namespace ModelOps.Runtime.Contract;

/// <summary>How a name was served by one build, since that build took it over or the process began.</summary>
/// <param name="Build">Digest of the manifest, bare hex.</param>
public sealed record ServiceReport(string Build)
{
    /// <summary>Answers that ended, well or not. What a client broke off, and what was refused for its own fault, does not count.</summary>
    public long Requests { get; init; }

    /// <summary>Those that ended in a fault of the model, its engine or the machine.</summary>
    public long Failed { get; init; }

    /// <summary>95 of 100 of the last answers began within this time, waiting for memory included; null before the first.</summary>
    public TimeSpan? FirstToken { get; init; }

    /// <summary>Tokens a second over all answers; null before the first.</summary>
    public double? TokensPerSecond { get; init; }
}
