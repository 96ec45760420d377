using System.Text;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Revisions;
using ModelOps.Reconciler.Status;
using ModelOps.Reconciler.Trust;

namespace ModelOps.Cli.Output;

/// <summary>Whom this machine trusts, for people.</summary>
internal static class TrustText
{
    internal static string Of(DaemonStatus status)
    {
        var text = new StringBuilder();
        foreach (var source in status.Sources)
            Add(text, source);
        return status.Sources.IsEmpty ? "no source is followed, so nothing is verified\n" : text.ToString();
    }

    private static void Add(StringBuilder text, SourceStatus source)
    {
        if (source.Trust is not { } trust)
        {
            text.Append(SafeText.ForLine($"source {source.Name}: signatures are not asked for (verify.mode: none)")).Append('\n');
            return;
        }

        var what = trust.Mode == VerifyMode.Head ? "the newest commit must be signed" : "every new commit must be signed";
        Line(text, $"source {source.Name}: {what}; merges by the forge: {Words(trust.ForgeMerges)}; first use: {trust.FirstUse}");
        foreach (var key in trust.Keys)
        {
            var until = key.Until.Length > 0 ? $", {key.Until}" : "";
            Line(text, $"  {(key.IsForge ? "forge" : "key"),-6} {key.Kind,-8} {key.Fingerprint}  {key.For}{until}");
        }

        if (trust.Error is { } error)
            Line(text, $"  keys cannot be read: {error}");
        if (trust.Loss is { } loss)
            Line(text, $"  {loss}");
        if (source.Stages.FirstOrDefault(stage => stage.Stage == RevisionStage.Verified) is { } verified)
        {
            var verdict = verified.Verdict switch
            {
                StageVerdict.Passed => "trusted",
                StageVerdict.Failed => "refused",
                _ => "accepted without a look at its signature",
            };
            Line(text, $"  newest revision {verdict}{(verified.Message.Length > 0 ? $": {verified.Message}" : "")}");
        }
    }

    private static string Words(ForgeMergePolicy policy) => policy switch
    {
        ForgeMergePolicy.Allow => "allow",
        ForgeMergePolicy.AllowIfParentsSigned => "allowIfParentsSigned",
        _ => "deny",
    };

    private static void Line(StringBuilder text, string line) => text.Append(SafeText.ForLine(line)).Append('\n');
}
