using System.Diagnostics.CodeAnalysis;

namespace ModelOps.Runtime.Batching;

/// <summary>
/// What waits for a slot, and whose turn it is: the highest priority first, then the client that has the fewest slots, then the one that
/// waits longest for a turn; those of one client in the order in which they came. One client may have all slots only while no other was
/// there for a while: another's next request then finds one free, instead of waiting for the end of an answer.
/// </summary>
/// <param name="slots">How many slots there are.</param>
/// <param name="time">The clock.</param>
/// <typeparam name="T">What waits.</typeparam>
internal sealed class WaitingSequences<T>(int slots, TimeProvider time)
    where T : class, IClientWork
{
    private const int ManyClients = 256;

    private static readonly TimeSpan s_while = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(int Priority, string Client), LinkedList<(T Work, long Since)>> _lanes = [];
    private readonly Dictionary<string, Presence> _clients = new(StringComparer.Ordinal);
    private long _turns;

    internal int Count { get; private set; }

    /// <summary>Work came.</summary>
    internal void Add(T work)
    {
        if (_clients.Count >= ManyClients)
            ForgetClients();
        if (!_clients.TryGetValue(work.Client, out var client))
            _clients[work.Client] = client = new Presence();
        client.At = time.GetTimestamp();
        LaneOf(work).AddLast((work, client.At));
        Count++;
    }

    /// <summary>Work gave its slot to another client, and is the next of its own.</summary>
    internal void Return(T work)
    {
        LaneOf(work).AddFirst((work, time.GetTimestamp()));
        Count++;
    }

    /// <summary>What gets a free slot; false when nothing waits, or the last slot is kept for other clients.</summary>
    /// <param name="active">What has a slot.</param>
    /// <param name="next">What gets one.</param>
    internal bool TryTake(IReadOnlyList<T> active, [MaybeNullWhen(false)] out T next)
    {
        next = null;
        if (Count == 0)
            return false;
        var best = Next(active);
        if (KeepsLast(best.Client, Held(active, best.Client), active.Count))
            return false;
        var lane = _lanes[best];
        next = lane.First!.Value.Work;
        lane.RemoveFirst();
        if (_clients.TryGetValue(best.Client, out var client))
            client.Turn = ++_turns;
        if (lane.Count == 0)
            _lanes.Remove(best);
        Count--;
        return true;
    }

    /// <summary>
    /// What should give up its slot for a while, since all are taken, another client that has none waits, and this one's has several; null
    /// when nothing should.
    /// </summary>
    internal T? Yielding(IReadOnlyList<T> active)
    {
        if (Count == 0 || active.Count < slots)
            return null;
        var next = Next(active);
        if (Held(active, next.Client) > 0 || time.GetElapsedTime(_lanes[next].First!.Value.Since) < s_patience)
            return null;
        T? found = null;
        var most = 1;
        for (var at = active.Count - 1; at >= 0; at--)
        {
            if (active[at].CanYield && active[at].Priority <= next.Priority && Held(active, active[at].Client) is var held && held > most)
                (found, most) = (active[at], held);
        }

        return found;
    }

    /// <summary>Everything that waits; nothing does after that.</summary>
    internal IReadOnlyList<T> Clear()
    {
        T[] all = [.. _lanes.Values.SelectMany(lane => lane.Select(entry => entry.Work))];
        _lanes.Clear();
        Count = 0;
        return all;
    }

    private (int Priority, string Client) Next(IReadOnlyList<T> active) => _lanes.Count == 1
        ? _lanes.Keys.First()
        : _lanes.Keys.MinBy(key => (-(long)key.Priority, Held(active, key.Client), TurnOf(key.Client)));

    private LinkedList<(T Work, long Since)> LaneOf(T work)
    {
        if (!_lanes.TryGetValue((work.Priority, work.Client), out var lane))
            _lanes[(work.Priority, work.Client)] = lane = new LinkedList<(T Work, long Since)>();
        return lane;
    }

    private static int Held(IReadOnlyList<T> active, string client)
    {
        var held = 0;
        for (var at = 0; at < active.Count; at++)
        {
            if (active[at].Client == client)
                held++;
        }

        return held;
    }

    /// <summary>It would have every slot, and another client was there a moment ago.</summary>
    private bool KeepsLast(string client, int held, int active) =>
        slots > 1 && active == slots - 1 && held == active
        && _clients.Any(other => other.Key != client && time.GetElapsedTime(other.Value.At) < s_while);

    private long TurnOf(string client) => _clients.TryGetValue(client, out var known) ? known.Turn : 0;

    private void ForgetClients()
    {
        foreach (var (client, known) in _clients.ToArray())
        {
            if (time.GetElapsedTime(known.At) >= s_while)
                _clients.Remove(client);
        }
    }

    private sealed class Presence
    {
        /// <summary>When its last request came.</summary>
        internal long At { get; set; }

        /// <summary>Number of its last turn.</summary>
        internal long Turn { get; set; }
    }
}

/// <summary>Work that a client asked for.</summary>
internal interface IClientWork
{
    /// <summary>Whose it is.</summary>
    string Client { get; }

    /// <summary>Higher goes first.</summary>
    int Priority { get; }

    /// <summary>It can go on later where it was.</summary>
    bool CanYield { get; }
}
