using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Status;

/// <summary>Takes events from everywhere, shows them at once, and writes them down in batches: they inform, and decide nothing.</summary>
internal sealed class EventLog(EventRecords records, StatusBoard board, TimeProvider time)
{
    private readonly Lock _turn = new();
    private readonly List<EventRecord> _unwritten = [];
    private long _last = records.LastId;

    internal void Add(string type, Severity severity, ModelName? model, string revision, string build, string message)
    {
        lock (_turn)
        {
            var item = new EventRecord(++_last, time.GetUtcNow(), type, severity, model?.ShortName ?? "", revision, build, message);
            _unwritten.Add(item);
            board.Publish(item);
        }
    }

    /// <summary>Shows what was written before the daemon started.</summary>
    internal void ShowLatest() => board.Publish([.. records.Latest(StatusBoard.ShownEvents)]);

    internal void Flush()
    {
        EventRecord[] items;
        lock (_turn)
        {
            items = [.. _unwritten];
            _unwritten.Clear();
        }

        if (items.Length > 0)
            records.Add(items);
    }
}
