using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Forges;

/// <summary>
/// What events mean for the commits that they are about. A commit that failed stays so until it is applied: going on without a model, or
/// with the build of before, is no success.
/// </summary>
internal sealed class CommitStates
{
    private const int Most = 1000;

    private readonly Dictionary<string, CommitState> _known = new(StringComparer.Ordinal);

    /// <summary>The state that a commit has from an event on; null when that says nothing new.</summary>
    internal CommitStatus? Of(EventRecord told)
    {
        if (told.Revision.Length == 0 || StateOf(told.Type) is not { } state)
            return null;
        var key = $"{told.Source} {told.Revision}";
        var isSuperseded = told.Type == EventKind.RevisionSuperseded;
        if (_known.TryGetValue(key, out var before)
            && ((before == state && !isSuperseded) || (before == CommitState.Failure && state == CommitState.Pending)))
        {
            return null;
        }

        if (_known.Count >= Most)
            _known.Clear();
        _known[key] = state;
        return new CommitStatus(told.Source, told.Revision, state, TextOf(told, state));
    }

    private static CommitState? StateOf(EventKind kind) => kind switch
    {
        EventKind.RevisionAccepted or EventKind.RevisionSuperseded => CommitState.Pending,
        EventKind.RevisionApplied => CommitState.Success,
        EventKind.RevisionRejected or EventKind.BuildFailed or EventKind.WarmFailed or EventKind.GateFailed or EventKind.SwitchFailed
            or EventKind.DigestMismatch or EventKind.RolledBack or EventKind.Held => CommitState.Failure,
        _ => null,
    };

    private static string TextOf(EventRecord told, CommitState state) => state switch
    {
        CommitState.Pending when told.Type == EventKind.RevisionSuperseded => "not applied: a newer revision came before",
        CommitState.Pending => "accepted; being applied",
        CommitState.Success => "served",
        _ when told.Subject.Length > 0 => $"{told.Subject}: {told.Message}",
        _ => told.Message,
    };
}
