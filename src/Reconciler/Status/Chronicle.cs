using System.Runtime.CompilerServices;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Status;

/// <summary>The past, as far as it is kept: events and history, for those who ask.</summary>
public sealed class Chronicle
{
    private readonly EventLog _log;
    private readonly EventRecords _events;
    private readonly HistoryRecords _history;
    private readonly StatusBoard _board;

    internal Chronicle(EventLog log, EventRecords events, HistoryRecords history, StatusBoard board) =>
        (_log, _events, _history, _board) = (log, events, history, board);

    /// <summary>Number of the newest event; 0 when there was none yet.</summary>
    public long Newest => _log.Newest;

    /// <summary>The newest events that fit, oldest first; at most <see cref="EventQuery.Most"/>.</summary>
    public IReadOnlyList<EventRecord> Events(EventQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);

        // What is not written down yet is read first: what is written meanwhile is then there twice, and not missing.
        var unwritten = _log.Unwritten();
        var written = _events.Find(query);
        var last = written.Count > 0 ? written[^1].Id : query.After;
        return [.. written.Concat(unwritten.Where(item => item.Id > last && query.Fits(item))).TakeLast(query.Bounded)];
    }

    /// <summary>Events that fit, first those that are there, then as they come, until cancelled.</summary>
    public async IAsyncEnumerable<EventRecord> FollowAsync(EventQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var after = query.After;
        foreach (var item in Events(query))
        {
            after = item.Id;
            yield return item;
        }

        await foreach (var item in _board.ReadEventsAsync(after, cancellationToken))
        {
            // The board shows the newest only. Whoever reads slower than events come gets the rest from what was written down.
            if (item.Id > after + 1)
            {
                foreach (var missed in Events(query with { After = after, Count = EventQuery.Most }).Where(missed => missed.Id < item.Id))
                    yield return missed;
            }

            after = item.Id;
            if (query.Fits(item))
                yield return item;
        }
    }

    /// <summary>The newest rows of the history, newest revision first, each followed by its models.</summary>
    /// <param name="count">How many; at most <see cref="EventQuery.Most"/>.</param>
    /// <param name="model">Short name of a model; empty for the rows of whole revisions, null for all rows.</param>
    public IReadOnlyList<HistoryRecord> History(int count, string? model = null) =>
        _history.Latest(Math.Clamp(count, 0, EventQuery.Most), model);
}
