namespace ModelOps.Reconciler.Reconciling;

/// <summary>What is looked at beside the passes, by the same loop.</summary>
internal sealed record Watches(ObservationWatch Observations, DrainWatch Drains, AtRestWatch AtRest)
{
    /// <summary>How long until the next look; null when nothing is watched.</summary>
    internal TimeSpan? NextLook => new[] { Observations.NextLook, AtRest.NextLook }.Min();

    /// <summary>Called by every pass.</summary>
    internal void Look()
    {
        Observations.Look();
        Drains.Look();
        AtRest.Look();
    }
}
