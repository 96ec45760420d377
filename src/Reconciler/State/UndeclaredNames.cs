using System.Collections.Immutable;
using ModelOps.ModelStore.Names;

namespace ModelOps.Reconciler.State;

/// <summary>Remembers since when git does not declare a name of ours: its grace period counts from then, across restarts.</summary>
internal sealed class UndeclaredNames(StateDatabase database)
{
    private ImmutableDictionary<ModelName, DateTimeOffset> _since = database
        .Query(
            "SELECT name, since FROM undeclared",
            row => (Name: ModelName.Parse(row.GetString(0)), Since: StateDatabase.ToTime(row.GetString(1))))
        .ToImmutableDictionary(row => row.Name, row => row.Since);

    /// <summary>
    /// Takes in which names are not declared now, and returns since when each is not. A time to come was set by a clock that was set back
    /// since: the grace of such a name begins anew.
    /// </summary>
    internal ImmutableDictionary<ModelName, DateTimeOffset> Update(IReadOnlyCollection<ModelName> undeclared, DateTimeOffset now)
    {
        var known = _since;
        var added = undeclared.Where(name => !known.TryGetValue(name, out var since) || since > now).ToArray();
        var gone = known.Keys.Except(undeclared).ToArray();
        if (added.Length + gone.Length == 0)
            return known;
        database.Together(() =>
        {
            foreach (var name in gone)
                database.Execute("DELETE FROM undeclared WHERE name = $name", ("$name", name.FullName));
            foreach (var name in added)
            {
                database.Execute(
                    "INSERT INTO undeclared (name, since) VALUES ($name, $since) ON CONFLICT (name) DO UPDATE SET since = $since",
                    ("$name", name.FullName), ("$since", StateDatabase.ToText(now)));
            }
        });
        return _since = known.RemoveRange(gone).SetItems(added.Select(name => KeyValuePair.Create(name, now)));
    }
}
