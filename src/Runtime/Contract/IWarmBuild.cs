using ModelOps.ModelStore.Names;

namespace ModelOps.Runtime.Contract;

/// <summary>
/// A build that is kept in memory on its way to take over names. Its disposal ends the takeover: the names that were committed are
/// served by it.
/// </summary>
public interface IWarmBuild : IAsyncDisposable
{
    /// <summary>These names serve the build now. Those that are not committed stay with the builds that serve them.</summary>
    void Commit(params ReadOnlySpan<ModelName> names);
}
