using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Status;

/// <summary>
/// Takes events from everywhere, shows them at once, and writes them down in batches: they inform, and decide nothing. What is only seen
/// again (the same kind, object, revision and request) is told once in five minutes, whatever its words are.
/// </summary>
internal sealed class EventLog(EventRecords records, StatusBoard board, TimeProvider time)
{
    private const int Remembered = 4096;

    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(5);

    private readonly Lock _turn = new();
    private readonly List<EventRecord> _unwritten = [];
    private readonly Dictionary<(EventKind, string, string, string, string), DateTimeOffset> _told = [];
    private long _last = records.LastId;

    /// <summary>Number of the newest event; 0 when there was none yet.</summary>
    internal long Newest
    {
        get
        {
            lock (_turn)
                return _last;
        }
    }

    /// <summary>True when it was told, false when it was told already and that is not long ago.</summary>
    internal bool Add(NewEvent item)
    {
        lock (_turn)
        {
            var (now, subject) = (time.GetUtcNow(), item.Model?.ShortName ?? "");
            ReconcilerMetrics.Happened(item.Kind, subject);
            if (EventKinds.IsObservation(item.Kind) && WasTold((item.Kind, item.Source, subject, item.Revision, item.Request), now))
                return false;
            var record = new EventRecord(
                ++_last, now, item.Kind, EventKinds.SeverityOf(item.Kind), subject, item.Revision, item.Build, item.Message)
            {
                Actor = item.Actor,
                Request = item.Request,
                Source = item.Source,
            };
            _unwritten.Add(record);
            board.Publish(record);
            ReconcilerMetrics.Told(item.Kind);
            return true;
        }
    }

    /// <summary>Shows what was written before the daemon started.</summary>
    internal void ShowLatest() => board.Publish([.. records.Find(new EventQuery { Count = StatusBoard.ShownEvents })]);

    internal void Flush()
    {
        EventRecord[] items;
        lock (_turn)
        {
            items = [.. _unwritten];
            _unwritten.Clear();
        }

        if (items.Length == 0)
            return;
        try
        {
            records.Add(items);
        }
        catch
        {
            // The disk may be full: they are tried again, and the oldest are dropped when that lasts.
            lock (_turn)
            {
                _unwritten.InsertRange(0, items);
                _unwritten.RemoveRange(0, Math.Max(0, _unwritten.Count - Remembered));
            }

            throw;
        }
    }

    /// <summary>What was told and is not written down yet, oldest first.</summary>
    internal EventRecord[] Unwritten()
    {
        lock (_turn)
            return [.. _unwritten];
    }

    private bool WasTold((EventKind, string, string, string, string) key, DateTimeOffset now)
    {
        if (_told.TryGetValue(key, out var before) && (now - before).Duration() < s_window)
            return true;
        if (_told.Count >= Remembered)
        {
            foreach (var old in _told.Where(pair => (now - pair.Value).Duration() >= s_window).Select(pair => pair.Key).ToArray())
                _told.Remove(old);
            if (_told.Count >= Remembered)
                _told.Clear();
        }

        _told[key] = now;
        return false;
    }
}
