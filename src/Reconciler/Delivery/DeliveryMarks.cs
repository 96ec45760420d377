using System.Globalization;
using ModelOps.Reconciler.State;

namespace ModelOps.Reconciler.Delivery;

/// <summary>
/// Up to which event each receiver was told, so that a restart neither leaves out what was told to nobody nor tells all anew.
/// </summary>
public sealed class DeliveryMarks
{
    private readonly StateDatabase _database;

    internal DeliveryMarks(StateDatabase database) => _database = database;

    /// <summary>Number of the event up to which a receiver was told; the newest one there is where it is new.</summary>
    /// <param name="receiver">Its name, which stays the same.</param>
    /// <param name="newest">Number of the newest event.</param>
    public long Begin(string receiver, long newest)
    {
        var known = _database.Query("SELECT value FROM facts WHERE key = $key", row => row.GetString(0), ("$key", KeyOf(receiver)));
        if (known is [var text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var told))
            return Math.Min(told, newest);
        Set(receiver, newest);
        return newest;
    }

    /// <summary>A receiver was told up to an event.</summary>
    public void Set(string receiver, long told) => _database.Execute(
        "INSERT INTO facts (key, value) VALUES ($key, $value) ON CONFLICT (key) DO UPDATE SET value = $value",
        ("$key", KeyOf(receiver)), ("$value", told.ToString(CultureInfo.InvariantCulture)));

    private static string KeyOf(string receiver) => $"told.{receiver}";
}
