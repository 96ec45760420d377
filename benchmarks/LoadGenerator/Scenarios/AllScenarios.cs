using ModelOps.LoadGenerator.Measuring;

namespace ModelOps.LoadGenerator.Scenarios;

/// <summary>All that can be measured; the bars are those of the design.</summary>
internal static class AllScenarios
{
    private static IReadOnlyList<Scenario> All { get; } =
        [.. DecodeScenarios.All, CurveScenario.Scenario, .. LatencyScenarios.All, .. ResourceScenarios.All, .. ChangeScenarios.All, .. OwnScenarios.All];

    /// <exception cref="FormatException">There is no scenario of a name.</exception>
    internal static IReadOnlyList<Scenario> Choose(LoadOptions options)
    {
        if (options.Scenarios.FirstOrDefault(name => All.All(scenario => scenario.Name != name)) is { } unknown)
            throw new FormatException($"there is no scenario {unknown}");
        return options.Scenarios.Count == 0
            ? All
            : [.. All.Where(scenario => options.Scenarios.Contains(scenario.Name, StringComparer.Ordinal))];
    }

    /// <summary>Names with what they do, a line each.</summary>
    internal static string List() =>
        string.Concat(All.Select(scenario => $"  {scenario.Name,-14}{scenario.Description}{Bars(scenario)}\n"));

    private static string Bars(Scenario scenario) => string.Concat(scenario.Figures
        .Where(figure => figure.Bar is not Bar.None).Select(
            figure => $"; {(figure.Name.Length > 0 ? $"{figure.Name} " : "")}{figure.Bar}"));
}
