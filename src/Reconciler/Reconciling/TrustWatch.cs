using ModelOps.ModelStore.Native;
using ModelOps.Reconciler.Reasons;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Sources;
using ModelOps.Reconciler.State;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Trust;

namespace ModelOps.Reconciler.Reconciling;

/// <summary>
/// Whom the host trusts with one source: reads the keys before every judgement, and judges what is accepted anew when they are others. Only
/// the loop calls it.
/// </summary>
internal sealed class TrustWatch(
    IRepositorySource source, SourceOptions options, RevisionRecords records, EventLog events, TimeProvider time)
{
    private const int LargestFile = 4 << 20;

    private readonly CommitVerification _verification = new(source, options.Verify);
    private TrustSet? _trust;
    private string _problem = "";

    /// <summary>What verdicts depend on, as a text: another one when they may be others. Any thread may read it.</summary>
    internal string Basis { get; private set; } = "";

    private VerifyOptions Options => options.Verify;

    private string Consequence => Options.StopsOnLoss
        ? "what is in force is not trusted any more, so nothing is changed, and its models are not served"
        : "what is in force is not trusted any more, so nothing is changed";

    private bool IsAsked => Options.Mode != VerifyMode.None;

    /// <summary>For people.</summary>
    internal TrustStatus? Describe(string? loss) => !IsAsked ? null : new TrustStatus
    {
        Mode = Options.Mode,
        FirstUse = Options.FirstUse,
        ForgeMerges = Options.ForgeMerges,
        Keys = _trust?.Keys ?? [],
        Error = _problem.Length > 0 ? _problem : null,
        Loss = loss,
    };

    /// <summary>Reads the keys. Where they are others than before, what is accepted is judged anew.</summary>
    /// <param name="accepted">What is accepted; null for nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why the accepted revision is not trusted; null when it is, or nothing is asked.</returns>
    internal async Task<string?> LookAsync(string? accepted, CancellationToken cancellationToken)
    {
        Read();
        if (IsAsked && _trust is null)
            return accepted is null ? null : $"{Consequence}: {_problem} (rule {SignatureRule.KeysUnreadable})";
        if ((records.Trust ?? "") == Basis)
            return records.TrustLoss;
        string? loss = null;
        if (accepted is not null)
        {
            if (IsAsked && await JudgeAsync(accepted, after: null, VerifyMode.Head, cancellationToken)
                is { Verdict: StageVerdict.Failed, Message: var why })
            {
                loss = $"{Consequence}: {why}";
            }

            Tell(
                !IsAsked ? "signatures are not asked for any more"
                    : $"the trusted keys, or what must be signed with them, changed; {loss ?? "what is in force is trusted with them"}",
                accepted);
        }

        records.SetTrust(Basis, loss);
        return loss;
    }

    /// <summary>A revision was accepted with the keys that there are now.</summary>
    internal void Accepted()
    {
        if (records.Trust != Basis || records.TrustLoss is not null)
            records.SetTrust(Basis, loss: null);
    }

    /// <summary>Judges a revision on its way to being accepted.</summary>
    /// <param name="revision">The revision.</param>
    /// <param name="accepted">What was accepted of this history; null for nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<StageResult> VerifyAsync(string revision, string? accepted, CancellationToken cancellationToken)
    {
        if (!IsAsked)
            return StageResult.NotAsked;
        Read();
        if (accepted is not null)
            return await JudgeAsync(revision, accepted, Options.Mode, cancellationToken);
        switch (Options.FirstUse)
        {
            case VerifyOptions.Any:
                Tell($"nothing was accepted before, so {ShortId.Of(revision)} is the first, unverified (firstUse: any)", revision);
                return StageResult.NotAsked;
            case VerifyOptions.Signed:
                var first = await JudgeAsync(revision, after: null, VerifyMode.Head, cancellationToken);
                if (first.Verdict == StageVerdict.Passed)
                {
                    Tell(
                        $"nothing was accepted before, so {ShortId.Of(revision)} is the first, and is pinned (firstUse: signed)", revision);
                }

                return first;
            case var pinned:
                if (!await source.DescendsAsync(revision, pinned, cancellationToken))
                {
                    return StageResult.Failed(
                        ConditionReason.SignatureRejected,
                        $"{ShortId.Of(revision)} does not have the commit {ShortId.Of(pinned)} in its history, which must be the first "
                            + $"(firstUse; rule {SignatureRule.HistoryMissing})");
                }

                Tell($"nothing was accepted before, so {ShortId.Of(pinned)} is what trust begins with (firstUse)", revision);
                return revision == pinned
                    ? Passed($"{ShortId.Of(revision)} is the commit that trust begins with (firstUse)")
                    : await JudgeAsync(revision, pinned, Options.Mode, cancellationToken);
        }
    }

    private async Task<StageResult> JudgeAsync(string revision, string? after, VerifyMode mode, CancellationToken cancellationToken)
    {
        if (_trust is not { } trust)
            return StageResult.Failed(ConditionReason.SignatureRejected, $"{_problem} (rule {SignatureRule.KeysUnreadable})");
        var (verdict, count) = await _verification.JudgeAsync(trust, revision, after, mode, cancellationToken);
        var commit = verdict.Commit == revision ? $"commit {ShortId.Of(revision)}"
            : $"revision {ShortId.Of(revision)} brings commit {ShortId.Of(verdict.Commit)}, which";
        var more = count > 1 ? $", and {count - 1} more were verified" : "";
        return verdict.IsGood
            ? Passed($"{commit} {verdict.Text} (rule {verdict.Rule}){more}")
            : StageResult.Failed(
                ConditionReason.SignatureRejected, $"{commit} {verdict.Text} (rule {verdict.Rule}); {NextStep(verdict.Rule)}");
    }

    private static StageResult Passed(string text) => new(StageVerdict.Passed, ConditionReason.NoChange, text);

    private static string NextStep(SignatureRule rule) => rule switch
    {
        SignatureRule.Unsigned => "push commits that are signed (git commit -S), or a signed one with a seal on top (docs/spec/trust.md)",
        SignatureRule.ForgeNotAllowed => "merge on a machine with a key and push that, or set verify.forgeMerges",
        SignatureRule.HistoryMissing => "serve a repository with its whole history",
        SignatureRule.TooMany => "set verify.firstUse to a commit that is known to be good, or verify.mode to head",
        _ => "'modelops trust show' lists whom this machine trusts",
    };

    private void Tell(string message, string revision) =>
        events.Add(new NewEvent(EventKind.TrustChanged, message) { Source = options.Name, Revision = revision });

    private void Read()
    {
        if (!IsAsked)
            return;
        try
        {
            _trust = TrustSet.Read(Options, ReadFile, time.LocalTimeZone);
            (_problem, Basis) = ("", _trust.Digest);
        }
        catch (TrustException error)
        {
            // What cannot be read trusts nobody.
            (_trust, _problem, Basis) = (null, error.Message, error.Message);
        }
    }

    private static byte[] ReadFile(string path) =>
        new FileInfo(path) is { Exists: true, Length: > LargestFile }
            ? throw new IOException($"it is larger than {LargestFile >> 20} MiB")
            : RegularFile.ReadAllBytes(path);
}
