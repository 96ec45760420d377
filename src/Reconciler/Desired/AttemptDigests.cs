using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ModelOps.Reconciler.Desired.Settings;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Desired;

/// <summary>
/// The four digests of a model. What was refused or failed is remembered by the attempt, so that a correction of any of its parts is
/// tried at once.
/// </summary>
/// <param name="Inputs">What is built.</param>
/// <param name="LoadProfile">How it is loaded beside or instead of what serves.</param>
/// <param name="Gate">How it is judged.</param>
/// <param name="Attempt">All three.</param>
public sealed record AttemptDigests(string Inputs, string LoadProfile, string Gate, string Attempt)
{
    /// <summary>The digests of a model as it is declared; each 64 hex digits.</summary>
    public static AttemptDigests Of(DesiredModel model)
    {
        var (spec, rollout) = (model.Spec, model.Spec.Rollout);
        var load = Digest(
            [
                RuntimeText(spec.Runtime), rollout.Strategy.ToString(), .. PartsOf(spec, "rollout.fallback"),
                .. PartsOf(spec, "rollout.queue"),
            ]);
        var gate = Digest([.. PartsOf(rollout.Gate), .. rollout.Canary.Share == 0 ? [] : PartsOf(spec, "rollout.canary")]);
        return new AttemptDigests(model.Inputs, load, gate, Digest([model.Inputs, load, gate]));
    }

    /// <summary>A check with the content of its file.</summary>
    internal static JsonObject JsonOf(EmbeddingCheck check)
    {
        var json = GateSettings.Embedding.ToJson(check);
        if (!check.Vector.IsEmpty)
            json["content"] = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(check.Vector.AsSpan())));
        return json;
    }

    /// <summary>What is as it is by default adds nothing: holds of versions that did not know it go on.</summary>
    private static IEnumerable<string> PartsOf(ModelSpec model, string path) => ModelSettings.Table
        .Compare(ModelSettings.Table.Empty, model)
        .Where(setting => setting.Row.Path.StartsWith(path, StringComparison.Ordinal))
        .Select(setting => $"{setting.Row.Path} {setting.After}");

    private static IEnumerable<string> PartsOf(GateSpec gate)
    {
        foreach (var question in gate.Smoke)
            yield return SmokeSettings.Table.ToJson(question).ToJsonString();
        if (gate.MinTokensPerSecond is { } rate)
            yield return string.Create(CultureInfo.InvariantCulture, $"minTokensPerSecond {rate:R}");
        if (gate.MaxFirstToken is { } longest)
            yield return string.Create(CultureInfo.InvariantCulture, $"maxFirstToken {longest.Ticks}");
        foreach (var check in gate.Embedding)
            yield return JsonOf(check).ToJsonString();
        foreach (var check in gate.Likelihood)
            yield return GateSettings.Likelihood.ToJson(check).ToJsonString();
    }

    // A record prints every one of its settings, so that none is forgotten here.
    private static string RuntimeText(RuntimeSettings settings) => settings.ToString();

    private static string Digest(string[] parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
            text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}\n");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}
