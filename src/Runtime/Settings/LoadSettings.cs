namespace ModelOps.Runtime.Settings;

/// <summary>Load options of one request after all sources were merged; null means that no source has the option.</summary>
internal sealed record LoadSettings(
    int? Context = null, int? Batch = null, int? GpuLayers = null, int? MainGpu = null, bool? UseMmap = null, int? Threads = null,
    int? DraftTokens = null)
{
    /// <summary>No source has any option.</summary>
    internal static LoadSettings None { get; } = new();
}
