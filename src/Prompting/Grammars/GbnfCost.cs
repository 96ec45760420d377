namespace ModelOps.Prompting.Grammars;

/// <summary>
/// What the engine has to follow before it reads a character: rules that can call themselves there never end, and rules that branch into
/// rules that branch take too long.
/// </summary>
internal sealed class GbnfCost
{
    private const long MostWays = 50_000;
    private const long MostWaysOfAll = 3_000_000;
    private const int MostDepth = 4000;

    private readonly GbnfRules _rules;
    private readonly bool[] _canBeEmpty;
    private readonly List<int>[] _begins;

    private GbnfCost(GbnfRules rules)
    {
        _rules = rules;
        _canBeEmpty = Empties();
        _begins = [.. Enumerable.Range(0, rules.Count).Select(Begins)];
    }

    /// <summary>Accepts or throws.</summary>
    /// <exception cref="GrammarException">A rule begins with itself, or the whole takes too long.</exception>
    internal static void Check(GbnfRules rules) => new GbnfCost(rules).CountWays();

    /// <summary>From the rules that begin with no other to those that begin with them; what is never reached is in a circle.</summary>
    private void CountWays()
    {
        var users = new List<int>[_rules.Count];
        var open = new int[_rules.Count];
        for (var rule = 0; rule < open.Length; rule++)
        {
            open[rule] = _begins[rule].Count;
            foreach (var begin in _begins[rule])
                (users[begin] ??= []).Add(rule);
        }

        var (ways, depth, all, done) = (new long[open.Length], new int[open.Length], 0L, 0);
        var free = new Queue<int>(Enumerable.Range(0, open.Length).Where(rule => open[rule] == 0));
        while (free.TryDequeue(out var rule))
        {
            done++;
            all += ++ways[rule];
            if (ways[rule] > MostWays || all > MostWaysOfAll || ++depth[rule] > MostDepth)
                throw new GrammarException(0, 0, $"the rule {_rules.Owner(rule)} can begin in too many ways");
            foreach (var user in users[rule] ?? [])
            {
                ways[user] += ways[rule];
                depth[user] = Math.Max(depth[user], depth[rule]);
                if (--open[user] == 0)
                    free.Enqueue(user);
            }
        }

        if (done < open.Length)
            throw new GrammarException(0, 0, $"the rule {_rules.Owner(InCircle(open))} begins with itself");
    }

    /// <summary>Follows what is left until a rule comes up again.</summary>
    private int InCircle(int[] open)
    {
        var seen = new HashSet<int>();
        var rule = Array.FindIndex(open, count => count > 0);
        while (seen.Add(rule))
            rule = _begins[rule].First(begin => open[begin] > 0);
        return rule;
    }

    /// <summary>The rules that a rule can begin with, each as often as it can.</summary>
    private List<int> Begins(int rule)
    {
        var begins = new List<int>();
        var isOpen = true;
        foreach (var element in _rules.Body(rule))
        {
            if (element == GbnfRules.Or)
            {
                isOpen = true;
                continue;
            }

            if (isOpen && element >= 0)
                begins.Add(element);
            isOpen = isOpen && element >= 0 && _canBeEmpty[element];
        }

        return begins;
    }

    /// <summary>Alternatives of rules only are empty when all of those are.</summary>
    private bool[] Empties()
    {
        var empty = new bool[_rules.Count];
        var waiting = new List<int>();
        var owners = new List<int>();
        var users = new List<int>[_rules.Count];
        var found = new Stack<int>();
        for (var rule = 0; rule < empty.Length; rule++)
        {
            var (calls, hasCharacter) = (new List<int>(), false);
            foreach (var element in _rules.Body(rule).Append(GbnfRules.Or))
            {
                if (element != GbnfRules.Or)
                {
                    hasCharacter |= element < 0;
                    if (element >= 0)
                        calls.Add(element);
                    continue;
                }

                if (!hasCharacter)
                {
                    foreach (var call in calls)
                        (users[call] ??= []).Add(owners.Count);
                    owners.Add(rule);
                    waiting.Add(calls.Count);
                    if (calls.Count == 0)
                        found.Push(rule);
                }

                (calls, hasCharacter) = ([], false);
            }
        }

        while (found.TryPop(out var rule))
        {
            if (empty[rule])
                continue;
            empty[rule] = true;
            foreach (var alternative in users[rule] ?? [])
            {
                if (--waiting[alternative] == 0)
                    found.Push(owners[alternative]);
            }
        }

        return empty;
    }
}
