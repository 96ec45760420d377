namespace ModelOps.LoadGenerator;

/// <summary>One question to both servers.</summary>
/// <param name="Name">How to ask for it.</param>
/// <param name="Description">What is measured.</param>
/// <param name="Unit">Of the figure.</param>
/// <param name="HigherIsBetter">Direction of the figure.</param>
/// <param name="Bar">What the ratio to the peer must reach (at least, or at most when lower is better).</param>
/// <param name="Slots">Slots of both servers.</param>
/// <param name="Context">Context of a slot.</param>
/// <param name="Measure">Measures one round on a running server.</param>
internal sealed record Scenario(
    string Name, string Description, string Unit, bool HigherIsBetter, double Bar, int Slots, int Context,
    Func<Server, LoadOptions, int, CancellationToken, Task<double>> Measure)
{
    /// <summary>Models that ours declares; the peer needs a server each, and is counted so.</summary>
    internal int Models { get; init; } = 1;
}
