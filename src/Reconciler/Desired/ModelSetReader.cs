using ModelOps.Reconciler.Desired.Settings;
using ModelOps.Reconciler.Settings;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Desired;

/// <summary>
/// Text of <c>modelops.yaml</c> to a <see cref="ModelSetSpec"/>. What is wrong is among the problems; a wrong value counts as absent.
/// </summary>
internal static class ModelSetReader
{
    /// <summary>Reads what can be read; null when there is nothing to read models from.</summary>
    internal static ModelSetSpec? Read(string text, string file, DiagnosticList problems)
    {
        if (YamlText.Read(text, file, problems) is not { } root)
            return null;
        ModelSetSettings.Table.Object.Check(root, "", new SettingCheck(file, problems));
        if (root is not YamlNode.Mapping mapping)
            return null;
        var spec = mapping["spec"] as YamlNode.Mapping;
        var models = (spec?["models"] as YamlNode.Sequence)?.Items ?? [];
        return ModelSetSettings.Table.Read(mapping, file) with
        {
            Models =
            [
                .. models.OfType<YamlNode.Mapping>()
                    .Select(model => ToModel(model, spec?["defaults"], file))
                    .Where(model => model.ShownName.Length > 0),
            ],
        };
    }

    private static ModelSpec ToModel(YamlNode.Mapping model, YamlNode? defaults, string file)
    {
        var start = ModelSettings.Table.Empty;
        start = start with { Source = start.Source with { Span = model.Span } };
        return ModelSettings.Complete(ModelSettings.Table.Read(model, file, start, defaults));
    }
}
