namespace ModelOps.Runtime.Residency;

/// <summary>Long work that goes on beside the loop: a load, an unload, a watch over an engine.</summary>
/// <param name="ended">Hears the event that a piece of work ended in.</param>
internal sealed class BegunWork(Func<PoolEvent, ValueTask> ended)
{
    private readonly List<Task> _begun = [];

    /// <summary>Lets work go on; what it ends in comes back to the loop.</summary>
    internal void Begin(Task<PoolEvent?> work) => Track(HearAsync(work));

    /// <summary>Remembers work that must have ended before the loop has.</summary>
    internal void Track(Task work)
    {
        _begun.RemoveAll(static task => task.IsCompleted);
        _begun.Add(work);
    }

    /// <summary>Returns when all of it has ended; nothing may be begun any more.</summary>
    internal Task EndAsync() => Task.WhenAll(_begun);

    private async Task HearAsync(Task<PoolEvent?> work)
    {
        if (await work.ConfigureAwait(ConfigureAwaitOptions.ForceYielding) is { } end)
            await ended(end);
    }
}
