using System.Collections.Immutable;
using ModelOps.LoadGenerator.Servers;

namespace ModelOps.LoadGenerator.Measuring;

/// <summary>One question to both sides, or to ours alone.</summary>
/// <param name="Name">How to ask for it.</param>
/// <param name="Description">What is done.</param>
/// <param name="Figures">What a round yields, in this order.</param>
/// <param name="Start">Starts the sides; ours is the first.</param>
/// <param name="Measure">Measures one round on a side that runs.</param>
internal sealed record Scenario(
    string Name, string Description, ImmutableArray<Figure> Figures,
    Func<LoadOptions, Workshop, IReadOnlyList<Subject>> Start, Func<Subject, Round, double[]> Measure)
{
    /// <summary>More rounds would tell nothing new.</summary>
    internal int MostRounds { get; init; } = int.MaxValue;

    /// <summary>A first round is not counted.</summary>
    internal bool Warms { get; init; } = true;

    /// <summary>A comparison with the peer.</summary>
    internal static Func<LoadOptions, Workshop, IReadOnlyList<Subject>> Both(Setup setup) => (options, workshop) =>
        options.Peer is null && setup.Swaps
            ? [ModelOpsServer.Start(options, workshop, setup)]
            : [ModelOpsServer.Start(options, workshop, setup), PeerServer.Start(options, workshop, setup)];

    /// <summary>Ours alone.</summary>
    internal static Func<LoadOptions, Workshop, IReadOnlyList<Subject>> Ours(Setup setup) =>
        (options, workshop) => [ModelOpsServer.Start(options, workshop, setup)];
}

/// <summary>A number that a round yields.</summary>
/// <param name="Name">What it is, within its scenario; empty when the scenario says it.</param>
/// <param name="Unit">Of the number.</param>
/// <param name="Bar">What its median must reach.</param>
internal sealed record Figure(string Name, string Unit, Bar Bar);
