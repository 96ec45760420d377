using System.Collections.Immutable;

namespace ModelOps.Reconciler.Trust;

/// <summary>What was found out about the signatures of a revision.</summary>
internal abstract record RevisionVerdict
{
    /// <summary>It is decided.</summary>
    /// <param name="Verdict">The verdict over the commit that decided: the newest one, or the first that is not good.</param>
    /// <param name="Commits">Commits whose signatures were looked at.</param>
    internal sealed record Decided(SignatureVerdict Verdict, int Commits) : RevisionVerdict;

    /// <summary>These commits must be read first.</summary>
    internal sealed record Needs(ImmutableArray<string> Commits) : RevisionVerdict;
}

/// <summary>Judges a revision by the commits that it brings. Never reads any: it asks for those that it does not have.</summary>
/// <param name="options">What the host asks for.</param>
/// <param name="trust">The keys that it trusts.</param>
/// <param name="commits">What was read.</param>
/// <param name="problems">Why a commit could not be read, by its id.</param>
internal sealed class RevisionJudge(
    VerifyOptions options, TrustSet trust, IReadOnlyDictionary<string, SignedCommit> commits, IReadOnlyDictionary<string, string> problems)
{
    private readonly Dictionary<string, SignatureVerdict> _verdicts = new(StringComparer.Ordinal);

    /// <summary>The newest commit alone, with what it merges where the forge's word is worth that much.</summary>
    /// <param name="tip">The newest commit.</param>
    /// <param name="history">The commits that were not accepted yet; null where none was ever accepted.</param>
    internal RevisionVerdict JudgeHead(string tip, IReadOnlySet<string>? history)
    {
        var seen = new HashSet<(string, bool)> { (tip, false) };
        var open = new Queue<(string Id, bool IsFirstParent)>(seen);
        var missing = ImmutableArray.CreateBuilder<string>();
        SignatureVerdict? first = null;
        while (open.TryDequeue(out var next))
        {
            if (Judge(next.Id) is not { } verdict)
            {
                missing.Add(next.Id);
                continue;
            }

            first ??= verdict;
            if (!verdict.IsGood)
                return Decided(next.Id == tip ? verdict : verdict with { Text = verdict.Text + ", and was merged by the forge" });

            // Without a beginning, the branch that a merge stands on has merges of the forge itself, back to the first.
            if (verdict.Rule != SignatureRule.ForgeMerge || options.ForgeMerges == ForgeMergePolicy.Allow
                || (next.IsFirstParent && history is null))
            {
                continue;
            }

            var parents = commits[next.Id].Parents;
            foreach (var parent in parents.Where(parent => history?.Contains(parent) ?? true))
            {
                if (seen.Add((parent, parent == parents[0])))
                    open.Enqueue((parent, parent == parents[0]));
            }
        }

        return missing.Count > 0 ? new RevisionVerdict.Needs(missing.ToImmutable()) : Decided(first!);
    }

    /// <summary>Every commit that was not accepted yet.</summary>
    /// <param name="tip">The newest one.</param>
    /// <param name="history">All of them, from the newest on.</param>
    internal RevisionVerdict JudgeHistory(string tip, IReadOnlyList<string> history)
    {
        var missing = history.Where(id => !commits.ContainsKey(id) && !problems.ContainsKey(id)).ToImmutableArray();
        if (!missing.IsEmpty)
            return new RevisionVerdict.Needs(missing);
        if (!history.Contains(tip, StringComparer.Ordinal))
            return Decided(new SignatureVerdict(SignatureRule.HistoryMissing, tip, "", "is not in what the source brought"));
        var vouched = SealedBy(history);
        var judged = history.Where(id => !vouched.Contains(id)).Select(id => Judge(id)!);
        return Decided(judged.FirstOrDefault(verdict => !verdict.IsGood) ?? Judge(tip)!);
    }

    private RevisionVerdict.Decided Decided(SignatureVerdict verdict) => new(verdict, _verdicts.Count);

    /// <summary>
    /// What a person vouches for with a seal: everything before it. The forge cannot seal, since it signs messages that others write.
    /// </summary>
    private HashSet<string> SealedBy(IEnumerable<string> history)
    {
        var below = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(history.Where(id =>
            commits.TryGetValue(id, out var commit) && commit.Seals && Judge(id) is { IsGood: true, IsForge: false }));
        while (open.TryPop(out var id))
        {
            foreach (var parent in commits.TryGetValue(id, out var commit) ? commit.Parents : [])
            {
                if (below.Add(parent))
                    open.Push(parent);
            }
        }

        return below;
    }

    /// <summary>The verdict over one commit; null while it is missing.</summary>
    private SignatureVerdict? Judge(string id)
    {
        if (_verdicts.TryGetValue(id, out var known))
            return known;
        if (problems.TryGetValue(id, out var problem))
            return _verdicts[id] = new SignatureVerdict(SignatureRule.Malformed, id, "", $"cannot be checked: {problem}");
        if (!commits.TryGetValue(id, out var commit))
            return null;
        var own = CommitJudge.Judge(commit, trust);
        return _verdicts[id] = own is { IsGood: true, IsForge: true } ? OfForge(commit, own) : own;
    }

    private SignatureVerdict OfForge(SignedCommit commit, SignatureVerdict own) => options.ForgeMerges switch
    {
        ForgeMergePolicy.Allow => own with { Rule = SignatureRule.ForgeMerge, Text = $"{own.Text}, which is the forge's" },
        ForgeMergePolicy.AllowIfParentsSigned when commit.Parents.Length > 1 => own with
        {
            Rule = SignatureRule.ForgeMerge,
            Text = $"is a merge by the forge (key {own.Key}) of what people signed",
        },
        ForgeMergePolicy.AllowIfParentsSigned => own with
        {
            Rule = SignatureRule.ForgeNotAllowed,
            Text = "is signed by the forge and is no merge, so nobody signed what it changes",
        },
        _ => own with
        {
            Rule = SignatureRule.ForgeNotAllowed,
            Text = "is signed by the forge, whose word does not count here (forgeMerges: deny)",
        },
    };
}
