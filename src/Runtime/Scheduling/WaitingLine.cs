using System.Collections;

namespace ModelOps.Runtime.Scheduling;

/// <summary>Requests by priority, and those of one priority in the order in which they came.</summary>
internal sealed class WaitingLine : IEnumerable<WaitingRequest>
{
    private readonly LinkedList<WaitingRequest> _requests = new();

    internal int Count => _requests.Count;

    internal bool WantsAny(string profile) => _requests.Any(request => request.Demand.Profile == profile);

    internal void Add(WaitingRequest request)
    {
        var before = _requests.Last;
        while (before is not null && before.Value.Claim.Priority < request.Claim.Priority)
            before = before.Previous;
        if (before is null)
            _requests.AddFirst(request);
        else
            _requests.AddAfter(before, request);
    }

    /// <summary>Takes out the requests for which <paramref name="leaves"/> holds; it is asked once for each, in order.</summary>
    internal void RemoveWhere(Predicate<WaitingRequest> leaves)
    {
        for (var node = _requests.First; node is not null;)
        {
            var next = node.Next;
            if (leaves(node.Value))
                _requests.Remove(node);
            node = next;
        }
    }

    /// <summary>Takes one out; null when it does not wait.</summary>
    internal WaitingRequest? Remove(long id)
    {
        var found = _requests.FirstOrDefault(request => request.Id == id);
        if (found is not null)
            _requests.Remove(found);
        return found;
    }

    public IEnumerator<WaitingRequest> GetEnumerator() => _requests.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
