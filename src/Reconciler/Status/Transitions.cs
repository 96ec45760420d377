using System.Collections.Immutable;
using ModelOps.Reconciler.Reasons;

namespace ModelOps.Reconciler.Status;

/// <summary>A condition without the time of its last change.</summary>
internal sealed record ConditionDraft(ConditionType Type, bool Status, ConditionReason Reason, string Message);

/// <summary>
/// Remembers since when each condition has its status. Any number of readers may ask. A clock that is set back takes no change back.
/// </summary>
internal sealed class Transitions
{
    private readonly Lock _turn = new();
    private ImmutableDictionary<(string, ConditionType), (bool Status, DateTimeOffset Since)> _known =
        ImmutableDictionary<(string, ConditionType), (bool, DateTimeOffset)>.Empty;

    /// <param name="of">What the conditions are of: a source, or nothing for everything.</param>
    /// <param name="drafts">All conditions that there are now.</param>
    /// <param name="now">The time.</param>
    internal ImmutableArray<Condition> Date(string of, ImmutableArray<ConditionDraft> drafts, DateTimeOffset now)
    {
        lock (_turn)
        {
            var before = _known;
            _known = before.RemoveRange(before.Keys.Where(key => key.Item1 == of)).AddRange(
                drafts.Select(draft => KeyValuePair.Create(
                    (of, draft.Type),
                    before.TryGetValue((of, draft.Type), out var known) && known.Status == draft.Status
                        ? known
                        : (draft.Status, known.Since > now ? known.Since : now))));
            return
            [
                .. drafts.Select(draft => new Condition(
                    draft.Type, draft.Status, draft.Reason, draft.Message, _known[(of, draft.Type)].Since)),
            ];
        }
    }
}
