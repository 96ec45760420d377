using ModelOps.ModelStore.Names;
using ModelOps.Runtime.Scheduling;

namespace ModelOps.Runtime.Contract;

/// <summary>
/// A build that is kept in memory on its way to take over names. Its disposal ends the takeover: the names that were committed are
/// served by it.
/// </summary>
public interface IWarmBuild : IAsyncDisposable
{
    /// <summary>These names serve the build now. Those that are not committed stay with the builds that serve them.</summary>
    void Commit(params ReadOnlySpan<ModelName> names);

    /// <summary>
    /// Lets the build answer a share of the requests for the names that it is to take over, each answer by one build, until it is disposed
    /// or a name is committed. How it serves is told under its stored name.
    /// </summary>
    /// <param name="percent">The share, from 0 to 99; 0 is none.</param>
    void Share(int percent);

    /// <summary>Once it is disposed: how long nothing answered for the names; null when something did all the time.</summary>
    TakeoverPause? Pause { get; }
}
