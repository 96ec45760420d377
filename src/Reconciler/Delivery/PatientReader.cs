using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;

namespace ModelOps.Reconciler.Delivery;

/// <summary>Reads events for those who tell them outside. A state that cannot be read is tried again in a minute.</summary>
/// <param name="chronicle">Where they are.</param>
/// <param name="time">The clock.</param>
internal sealed class PatientReader(Chronicle chronicle, TimeProvider time)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    /// <summary>Events with a number above one, those that are kept and then as they come, until cancelled.</summary>
    /// <param name="after">The number.</param>
    /// <param name="failed">Hears why they cannot be read.</param>
    /// <param name="stopping">The server stops.</param>
    internal async IAsyncEnumerable<EventRecord> ReadAsync(
        long after, Action<string> failed, [EnumeratorCancellation] CancellationToken stopping)
    {
        while (true)
        {
            var events = chronicle.FollowAsync(new EventQuery { After = after, Count = EventQuery.Most }, stopping);
            await using var reader = events.GetAsyncEnumerator(stopping);
            while (await IsNextAsync(reader, failed))
            {
                after = reader.Current.Id;
                yield return reader.Current;
            }

            await Task.Delay(s_pause, time, stopping);
        }
    }

    private static async Task<bool> IsNextAsync(IAsyncEnumerator<EventRecord> reader, Action<string> failed)
    {
        try
        {
            return await reader.MoveNextAsync();
        }
        catch (Exception error) when (error is StateException or SqliteException)
        {
            failed(error.Message);
            return false;
        }
    }
}
