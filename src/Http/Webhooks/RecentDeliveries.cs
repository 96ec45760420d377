namespace ModelOps.Http.Webhooks;

/// <summary>Ids of what came, for a day; of more than fit the oldest are forgotten. Any thread.</summary>
internal sealed class RecentDeliveries(TimeProvider time)
{
    private const int Most = 10_000;

    private static readonly TimeSpan s_kept = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Queue<(string Id, DateTimeOffset At)> _order = new();

    /// <summary>Remembers an id. False when it was known.</summary>
    internal bool Add(string id)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            while (_order.TryPeek(out var oldest) && (_order.Count >= Most || now - oldest.At > s_kept))
                _known.Remove(_order.Dequeue().Id);
            if (!_known.Add(id))
                return false;
            _order.Enqueue((id, now));
            return true;
        }
    }
}
