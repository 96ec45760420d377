namespace ModelOps.Runtime.Prompting.Grammars;

/// <summary>A piece of a rule, as far as it matters what it can begin with and how often it repeats.</summary>
/// <param name="Rule">Name of the rule that it calls; empty for none.</param>
/// <param name="Parts">What it is made of.</param>
/// <param name="IsChoice">One of its parts, not all in a row.</param>
/// <param name="MayBeEmpty">It can be left out.</param>
/// <param name="Repetitions">Repetitions inside of one another, multiplied.</param>
internal sealed record GbnfPart(string Rule, IReadOnlyList<GbnfPart> Parts, bool IsChoice, bool MayBeEmpty, long Repetitions)
{
    /// <summary>No character.</summary>
    internal static GbnfPart Nothing { get; } = new("", [], false, true, 1);

    /// <summary>At least one character.</summary>
    internal static GbnfPart Character { get; } = new("", [], false, false, 1);

    internal static GbnfPart Of(string rule) => new(rule, [], false, false, 1);

    internal static GbnfPart Row(List<GbnfPart> parts) => parts.Count switch
    {
        0 => Nothing,
        1 => parts[0],
        _ => new GbnfPart("", parts, false, false, parts.Max(part => part.Repetitions)),
    };

    internal static GbnfPart OneOf(List<GbnfPart> branches) => new("", branches, true, false, branches.Max(part => part.Repetitions));

    internal static GbnfPart Repeat(GbnfPart part, bool mayBeEmpty, long repetitions) => new("", [part], false, mayBeEmpty, repetitions);

    /// <summary>It can be empty, when these rules can.</summary>
    internal bool IsNullable(HashSet<string> nullable)
    {
        if (MayBeEmpty || nullable.Contains(Rule))
            return true;
        if (Rule.Length > 0 || Parts.Count == 0)
            return false;
        return IsChoice ? Parts.Any(part => part.IsNullable(nullable)) : Parts.All(part => part.IsNullable(nullable));
    }

    /// <summary>The rules that it can begin with.</summary>
    internal void AddBegins(HashSet<string> nullable, HashSet<string> begins)
    {
        if (Rule.Length > 0)
            begins.Add(Rule);
        foreach (var part in Parts)
        {
            part.AddBegins(nullable, begins);
            if (!IsChoice && !part.IsNullable(nullable))
                return;
        }
    }
}
