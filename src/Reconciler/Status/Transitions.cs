using System.Collections.Immutable;
using ModelOps.Reconciler.Reasons;

namespace ModelOps.Reconciler.Status;

/// <summary>A condition without the time of its last change.</summary>
internal sealed record ConditionDraft(ConditionType Type, bool Status, ConditionReason Reason, string Message);

/// <summary>Remembers since when each condition has its status. Any number of readers may ask.</summary>
internal sealed class Transitions
{
    private readonly Lock _turn = new();
    private ImmutableDictionary<ConditionType, (bool Status, DateTimeOffset Since)> _known =
        ImmutableDictionary<ConditionType, (bool, DateTimeOffset)>.Empty;

    internal ImmutableArray<Condition> Date(ImmutableArray<ConditionDraft> drafts, DateTimeOffset now)
    {
        lock (_turn)
        {
            var before = _known;
            _known = drafts.ToImmutableDictionary(
                draft => draft.Type,
                draft => before.TryGetValue(draft.Type, out var known) && known.Status == draft.Status ? known : (draft.Status, now));
            return
            [
                .. drafts.Select(draft => new Condition(draft.Type, draft.Status, draft.Reason, draft.Message, _known[draft.Type].Since)),
            ];
        }
    }
}
