namespace ModelOps.Runtime.Prompting.Grammars;

/// <summary>Finds rules that can call themselves before any character: a parser would never come back from them.</summary>
internal static class LeftRecursion
{
    /// <summary>The name of such a rule, or null.</summary>
    internal static string? Find(IReadOnlyDictionary<string, GbnfPart> rules)
    {
        var nullable = Nullable(rules);
        var begins = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var (name, part) in rules)
            part.AddBegins(nullable, begins[name] = new HashSet<string>(StringComparer.Ordinal));

        // What begins with nothing that is left cannot be in a circle; when only circles are left, there is one.
        var users = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (name, rule) in begins)
        {
            foreach (var begin in rule)
                (users.TryGetValue(begin, out var list) ? list : users[begin] = []).Add(name);
        }

        var open = begins.ToDictionary(rule => rule.Key, rule => rule.Value.Count, StringComparer.Ordinal);
        var free = new Queue<string>(open.Where(rule => rule.Value == 0).Select(rule => rule.Key));
        while (free.TryDequeue(out var name))
        {
            open.Remove(name);
            foreach (var user in users.GetValueOrDefault(name) ?? [])
            {
                if (--open[user] == 0)
                    free.Enqueue(user);
            }
        }

        return open.Count == 0 ? null : InCircle(open.Keys.First(), begins, open);
    }

    /// <summary>Follows what is left until a rule comes up again.</summary>
    private static string InCircle(string name, Dictionary<string, HashSet<string>> begins, Dictionary<string, int> open)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (seen.Add(name))
            name = begins[name].First(open.ContainsKey);
        return name;
    }

    private static HashSet<string> Nullable(IReadOnlyDictionary<string, GbnfPart> rules)
    {
        var nullable = new HashSet<string>(StringComparer.Ordinal);
        var grows = true;
        while (grows)
        {
            grows = false;
            foreach (var (name, part) in rules)
                grows |= !nullable.Contains(name) && part.IsNullable(nullable) && nullable.Add(name);
        }

        return nullable;
    }
}
