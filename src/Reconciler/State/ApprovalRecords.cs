using System.Collections.Immutable;

namespace ModelOps.Reconciler.State;

/// <summary>Digests of plans that a person approved. Each is used once.</summary>
internal sealed class ApprovalRecords(StateDatabase database)
{
    private ImmutableHashSet<string> _digests = [.. database.Query("SELECT digest FROM approvals", row => row.GetString(0))];

    internal ImmutableHashSet<string> All => _digests;

    internal void Add(string digest, RequestRecord request)
    {
        database.Execute(
            "INSERT OR REPLACE INTO approvals (digest, actor, reason, at) VALUES ($digest, $actor, $reason, $at)",
            ("$digest", digest),
            ("$actor", request.Actor),
            ("$reason", request.Reason),
            ("$at", StateDatabase.ToText(request.At)));
        ImmutableInterlocked.Update(ref _digests, (all, added) => all.Add(added), digest);
    }

    /// <summary>Who approved it; null when nobody did.</summary>
    internal string? ActorOf(string digest) => database
        .Query("SELECT actor FROM approvals WHERE digest = $digest", row => row.GetString(0), ("$digest", digest)).FirstOrDefault();

    internal void Remove(string digest)
    {
        database.Execute("DELETE FROM approvals WHERE digest = $digest", ("$digest", digest));
        ImmutableInterlocked.Update(ref _digests, (all, gone) => all.Remove(gone), digest);
    }
}
