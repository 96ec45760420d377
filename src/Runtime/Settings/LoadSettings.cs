namespace ModelOps.Runtime.Settings;

/// <summary>Load options of one request after all sources were merged; null means nobody said anything.</summary>
internal sealed record LoadSettings(
    int? Context = null, int? Batch = null, int? GpuLayers = null, int? MainGpu = null, bool? UseMmap = null, int? Threads = null,
    int? DraftTokens = null)
{
    /// <summary>Nobody said anything.</summary>
    internal static LoadSettings None { get; } = new();
}
