using System.Collections.Immutable;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.Trust;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>Reads the commits that a revision is judged by, within bounds.</summary>
internal sealed class CommitVerification(IRepositorySource source, VerifyOptions options)
{
    private const int MostCommits = 10_000;
    private const int MostBytes = 64 << 20;
    private const int AtOnce = 500;

    /// <summary>Judges a revision; everything that follows a commit, or itself alone.</summary>
    /// <param name="trust">The keys.</param>
    /// <param name="tip">The revision.</param>
    /// <param name="after">What was accepted before; null for nothing.</param>
    /// <param name="mode">Which commits are looked at.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The verdict that decided, and how many commits were looked at.</returns>
    /// <exception cref="GitSourceException">The commits cannot be read.</exception>
    internal async Task<(SignatureVerdict Verdict, int Commits)> JudgeAsync(
        TrustSet trust, string tip, string? after, VerifyMode mode, CancellationToken cancellationToken)
    {
        var read = new Commits();
        var judge = new RevisionJudge(options, trust, read.Good, read.Bad);
        var history = after is not null && after != tip && (mode == VerifyMode.History || options.ForgeMerges != ForgeMergePolicy.Deny)
            ? await source.HistoryAsync(tip, after, MostCommits + 1, cancellationToken)
            : [tip];
        if (history.Length > MostCommits)
            return (TooMany(tip), read.Count);
        var known = after is null ? null : history.ToHashSet(StringComparer.Ordinal);
        while (true)
        {
            var verdict = mode == VerifyMode.History ? judge.JudgeHistory(tip, history) : judge.JudgeHead(tip, known);
            if (verdict is RevisionVerdict.Decided { Verdict: var decided, Commits: var count })
            {
                return decided.IsGood && mode == VerifyMode.History && !await IsWholeAsync(read, history, cancellationToken)
                    ? (Bad(SignatureRule.HistoryMissing, tip, "has a history that is cut off, as that of a shallow clone"), count)
                    : (decided, count);
            }

            var missing = ((RevisionVerdict.Needs)verdict).Commits;
            foreach (var some in missing.Chunk(AtOnce))
            {
                var bytes = await source.CommitsAsync([.. some], cancellationToken);
                if (bytes.IsEmpty)
                    return (Bad(SignatureRule.Unsupported, tip, "is of a plain folder, whose files nobody can sign"), 0);
                read.Add(some, bytes);
                if (read.Count > MostCommits || read.Bytes > MostBytes)
                    return (TooMany(tip), read.Count);
            }
        }
    }

    /// <summary>What commits stand on is there: each parent is one of them, or was accepted before.</summary>
    private async Task<bool> IsWholeAsync(Commits read, ImmutableArray<string> history, CancellationToken cancellationToken)
    {
        var known = history.ToHashSet(StringComparer.Ordinal);
        var outside = read.Good.Values.SelectMany(commit => commit.Parents).Where(parent => !known.Contains(parent)).Distinct().ToArray();
        try
        {
            foreach (var some in outside.Chunk(AtOnce))
                await source.CommitsAsync([.. some], cancellationToken);
            return true;
        }
        catch (GitSourceException error) when (!error.IsTransient)
        {
            return false;
        }
    }

    private static SignatureVerdict TooMany(string tip) => Bad(
        SignatureRule.TooMany, tip,
        $"brings more than {MostCommits} commits or {MostBytes >> 20} MiB of them, which is more than is looked at");

    private static SignatureVerdict Bad(SignatureRule rule, string tip, string text) => new(rule, tip, "", text);

    private sealed class Commits
    {
        internal Dictionary<string, SignedCommit> Good { get; } = new(StringComparer.Ordinal);

        internal Dictionary<string, string> Bad { get; } = new(StringComparer.Ordinal);

        internal long Bytes { get; private set; }

        internal int Count => Good.Count + Bad.Count;

        internal void Add(IEnumerable<string> ids, ImmutableArray<byte[]> contents)
        {
            foreach (var (id, content) in ids.Zip(contents))
            {
                Bytes += content.Length;
                if (SignedCommitReader.Read(id, content, out var problem) is { } commit)
                    Good[id] = commit;
                else
                    Bad[id] = problem;
            }
        }
    }
}
