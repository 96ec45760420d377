using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Notifications;

/// <summary>What a receiver has heard of a revision, so that it hears it once. Of very many the oldest are forgotten.</summary>
internal sealed class ToldBefore
{
    private const int Most = 4096;

    private readonly HashSet<(EventKind, string, string, string)> _known = [];
    private readonly Queue<(EventKind, string, string, string)> _order = [];

    /// <summary>True when it is new, or about no revision.</summary>
    internal bool Add(EventRecord told)
    {
        var key = (told.Type, told.Source, told.Subject, told.Revision);
        if (told.Revision.Length == 0)
            return true;
        if (!_known.Add(key))
            return false;
        _order.Enqueue(key);
        if (_order.Count > Most)
            _known.Remove(_order.Dequeue());
        return true;
    }
}
