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

    private readonly Dictionary<(int Priority, string Client), Queue<T>> _lanes = [];
    private readonly Dictionary<string, Presence> _clients = new(StringComparer.Ordinal);
    private long _turns;

    internal int Count { get; private set; }

    internal void Add(T work)
    {
        if (_clients.Count >= ManyClients)
            ForgetClients();
        if (!_clients.TryGetValue(work.Client, out var client))
            _clients[work.Client] = client = new Presence();
        client.At = time.GetTimestamp();
        var key = (work.Priority, work.Client);
        if (!_lanes.TryGetValue(key, out var lane))
            _lanes[key] = lane = new Queue<T>();
        lane.Enqueue(work);
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
        var best = _lanes.Keys.MinBy(key => (-(long)key.Priority, Held(active, key.Client), TurnOf(key.Client)));
        if (KeepsLast(best.Client, Held(active, best.Client), active.Count))
            return false;
        var lane = _lanes[best];
        next = lane.Dequeue();
        if (_clients.TryGetValue(best.Client, out var client))
            client.Turn = ++_turns;
        if (lane.Count == 0)
            _lanes.Remove(best);
        Count--;
        return true;
    }

    /// <summary>Everything that waits; nothing does after that.</summary>
    internal IReadOnlyList<T> Clear()
    {
        T[] all = [.. _lanes.Values.SelectMany(lane => lane)];
        _lanes.Clear();
        Count = 0;
        return all;
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
    private bool KeepsLast(string client, int held, int active)
    {
        return slots > 1 && active == slots - 1 && held == active
            && _clients.Any(other => other.Key != client && time.GetElapsedTime(other.Value.At) < s_while);
    }

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
}
