using System.Globalization;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Desired.Schemas;
using ModelOps.Reconciler.Desired.Yaml;
using ModelOps.Reconciler.Times;
using ModelOps.Runtime.Contract;

namespace ModelOps.Reconciler.Desired;

/// <summary>
/// Text of <c>modelops.yaml</c> to a <see cref="ModelSetSpec"/>. The schema reported what is wrong; here a wrong value counts as absent.
/// </summary>
internal static class ModelSetReader
{
    /// <summary>Reads what can be read; null when there is nothing to read models from.</summary>
    internal static ModelSetSpec? Read(string text, string file, DiagnosticList problems)
    {
        if (YamlText.Read(text, file, problems) is not { } root)
            return null;
        ModelSetSchema.Root.Check(root, "", new SchemaCheck(file, problems));
        return root is YamlNode.Mapping mapping ? ToSpec(mapping, file) : null;
    }

    private static ModelSetSpec ToSpec(YamlNode.Mapping root, string file)
    {
        var spec = Object(root["spec"]);
        var defaults = Object(spec["defaults"]);
        var models = (spec["models"] as YamlNode.Sequence)?.Items ?? [];
        return new ModelSetSpec(
            Text(Object(root["metadata"])["name"]) ?? "",
            [.. models.OfType<YamlNode.Mapping>().Select(model => ToModel(model, defaults, file)).OfType<ModelSpec>()],
            ToPrune(Object(spec["prune"])),
            ToDrift(Object(spec["drift"])));
    }

    private static ModelSpec? ToModel(YamlNode.Mapping model, YamlNode.Mapping defaults, string file)
    {
        if (model["name"] is not YamlNode.Scalar shown || !ModelName.TryParse(shown.Value, out var name))
            return null;
        return new ModelSpec
        {
            ShownName = shown.Value,
            Name = name,
            Aliases = [.. Names(model["aliases"])],
            Source = ToSource(model),
            Residency = ToResidency(Object(model["residency"]), Object(defaults["residency"])),
            Runtime = ToRuntime(Object(model["runtime"]), Object(defaults["runtime"])),
            Rollout = ToRollout(Object(model["rollout"]), Object(defaults["rollout"])),
            Protect = Switch(model["protect"]) ?? false,
            Span = shown.Span,
            DeclaredAt = string.Create(CultureInfo.InvariantCulture, $"{file}:{shown.Span.Line}"),
        };
    }

    private static DeclaredModelfile ToSource(YamlNode.Mapping model) => (model["modelfile"], model["inline"]) switch
    {
        (YamlNode.Scalar path, _) => new DeclaredModelfile(RepositoryPath.Inside(path.Value), Inline: null, path.Span),
        (_, YamlNode.Scalar inline) => new DeclaredModelfile(Path: null, inline.Value, inline.Span, inline.IsLiteral),
        _ => new DeclaredModelfile(Path: null, Inline: null, model.Span),
    };

    private static ResidencySpec ToResidency(YamlNode.Mapping model, YamlNode.Mapping defaults)
    {
        var mode = Text(model["mode"] ?? defaults["mode"]) switch
        {
            "always" => ResidencyMode.Always,
            "never" => ResidencyMode.Never,
            _ => ResidencyMode.OnDemand,
        };
        return new ResidencySpec(
            mode,
            mode == ResidencyMode.OnDemand ? Duration(model["keepAlive"] ?? defaults["keepAlive"]) : null,
            Number(model["priority"] ?? defaults["priority"]) ?? 0);
    }

    private static RuntimeSettings ToRuntime(YamlNode.Mapping model, YamlNode.Mapping defaults)
    {
        var (guesses, defaultGuesses) = (Object(model["speculation"]), Object(defaults["speculation"]));
        return new RuntimeSettings(
            Number(model["context"] ?? defaults["context"]),
            Number(model["parallel"] ?? defaults["parallel"]),
            Text(model["kvCacheType"] ?? defaults["kvCacheType"]))
        {
            PrefixTokens = Number(model["prefixTokens"] ?? defaults["prefixTokens"]),
            LookupTokens = Number(guesses["lookupTokens"] ?? defaultGuesses["lookupTokens"]),
            DraftTokens = Number(guesses["draftTokens"] ?? defaultGuesses["draftTokens"]),
        };
    }

    private static RolloutSpec ToRollout(YamlNode.Mapping model, YamlNode.Mapping defaults)
    {
        var smoke = Object(model["gate"] ?? defaults["gate"])["smoke"] as YamlNode.Sequence;
        return new RolloutSpec(
            Text(model["strategy"] ?? defaults["strategy"]) == "drainSwap" ? RolloutStrategy.DrainSwap : RolloutStrategy.WarmStandby)
        {
            Smoke = [.. (smoke?.Items ?? []).OfType<YamlNode.Mapping>().Select(ToSmoke)],
        };
    }

    private static SmokeSpec ToSmoke(YamlNode.Mapping smoke)
    {
        var expect = Object(smoke["expect"]);
        return new SmokeSpec(
            Text(smoke["prompt"]) ?? "",
            Text(expect["contains"]),
            Text(expect["regex"]),
            Number(smoke["maxTokens"]) ?? 32,
            Duration(smoke["timeout"]) ?? TimeSpan.FromSeconds(60));
    }

    private static PruneSpec ToPrune(YamlNode.Mapping prune)
    {
        var defaults = new PruneSpec();
        return new PruneSpec
        {
            Enabled = Switch(prune["enabled"]) ?? defaults.Enabled,
            GracePeriod = Duration(prune["gracePeriod"]) ?? defaults.GracePeriod,
            BlobRetention = Duration(prune["blobRetention"]) ?? defaults.BlobRetention,
            MaxDeletes = Text(prune["maxDeletes"]) is { } share ? Share.Parse(share) ?? defaults.MaxDeletes : defaults.MaxDeletes,
        };
    }

    private static DriftSpec ToDrift(YamlNode.Mapping drift) => new(
        Text(drift["residency"]) == "warn" ? DriftAction.Warn : DriftAction.Correct,
        Text(drift["models"]) == "warn" ? DriftAction.Warn : DriftAction.Correct);

    private static IEnumerable<ModelName> Names(YamlNode? list)
    {
        foreach (var item in ((list as YamlNode.Sequence)?.Items ?? []).OfType<YamlNode.Scalar>())
        {
            if (ModelName.TryParse(item.Value, out var name))
                yield return name;
        }
    }

    private static YamlNode.Mapping Object(YamlNode? node) => node as YamlNode.Mapping ?? new YamlNode.Mapping([], default);

    private static string? Text(YamlNode? node) => (node as YamlNode.Scalar)?.Value;

    private static int? Number(YamlNode? node) =>
        int.TryParse(Text(node), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool? Switch(YamlNode? node) => Text(node) switch
    {
        "true" => true,
        "false" => false,
        _ => null,
    };

    private static TimeSpan? Duration(YamlNode? node) =>
        Text(node) is { } text && Durations.TryParse(text, out var duration) ? duration : null;
}
