namespace ModelOps.LoadGenerator.Servers;

/// <summary>What a scenario needs of both sides.</summary>
/// <param name="Slots">Sequences that decode at once.</param>
/// <param name="Context">Tokens of a slot.</param>
internal sealed record Setup(int Slots, int Context)
{
    /// <summary>Models on the same weights: ours declares them, the peer needs a server each.</summary>
    internal int Models { get; init; } = 1;

    /// <summary>Two models on weights of their own of which one may be loaded: asking for one evicts the other.</summary>
    internal bool Swaps { get; init; }

    /// <summary>Nothing is loaded before somebody asks.</summary>
    internal bool OnDemand { get; init; }

    /// <summary>Tokens that ours may set aside in main memory; the peer does so by itself.</summary>
    internal int Aside { get; init; }

    /// <summary>Compute threads of both; 0 is what the options say.</summary>
    internal int Threads { get; init; }

    /// <summary>Ours hosts its engine in the daemon.</summary>
    internal bool InProcess { get; init; }
}
