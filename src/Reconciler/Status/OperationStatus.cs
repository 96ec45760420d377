using System.Text.Json.Serialization;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Status;

/// <summary>The work on one model that goes on now.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="PhaseSince">Since when.</param>
/// <param name="Since">When the work was begun, before restarts too.</param>
/// <param name="Revision">Revision that asked for it first; a newer one that asks for the same lets it go on.</param>
/// <param name="Plan">Digest of the plan that it was begun for, 12 hex digits.</param>
/// <param name="Step">Number of its step in the journal; 0 before the first.</param>
public sealed record OperationStatus(
    [property: JsonConverter(typeof(YamlWordConverter<ModelPhase>))] ModelPhase Phase,
    DateTimeOffset PhaseSince,
    DateTimeOffset Since,
    string Revision,
    string Plan,
    long Step)
{
    /// <summary>What of its content was fetched; null while nothing is.</summary>
    public TransferStatus? Transfer { get; init; }

    /// <summary>How its canary goes; null while there is none.</summary>
    public CanaryStatus? Canary { get; init; }
}

/// <summary>A new build answers a share of the requests.</summary>
/// <param name="Share">The share, in percent.</param>
/// <param name="Requests">Answers of it that ended.</param>
/// <param name="Failed">Those that ended in a fault of the model, its engine or the machine.</param>
/// <param name="Until">When it takes over, if nothing speaks against it.</param>
public sealed record CanaryStatus(int Share, long Requests, long Failed, DateTimeOffset Until);

/// <summary>A download that goes on.</summary>
/// <param name="Completed">Bytes that are here.</param>
/// <param name="Total">Bytes of everything that was begun, so that it may grow.</param>
/// <param name="BytesPerSecond">How fast it went lately; 0 when nothing came.</param>
/// <param name="SecondsLeft">What it takes at that rate; null when nothing comes.</param>
public sealed record TransferStatus(long Completed, long Total, long BytesPerSecond, long? SecondsLeft);
