using ModelOps.Templates.Chat;
using ModelOps.Templates.GoTemplates.Values;

namespace ModelOps.Templates.GoTemplates.Data;

/// <summary>The value that a template's first dot is.</summary>
internal static class GoData
{
    internal static GoValue Modern(GoTemplateInput input)
    {
        var collation = Collation.Of(input.Messages.IsDefault ? [] : input.Messages);
        return Root(
            input.Think,
            ("System", GoValue.OfText(collation.System)),
            ("Messages", GoMessages.Of(collation.Messages)),
            ("Tools", GoTools.Of(input.Tools.IsDefault ? null : input.Tools)),
            ("Response", GoValue.OfBytes("")));
    }

    internal static GoValue Legacy(ThinkSetting think, LegacyTurn turn) => Root(
        think,
        ("System", GoValue.OfText(turn.System)),
        ("Prompt", GoValue.OfText(turn.Prompt)),
        ("Response", GoValue.OfText(turn.Response)));

    internal static GoValue Infill(GoTemplateInput input) => Root(
        input.Think,
        ("Prompt", GoValue.OfText(input.Prompt)),
        ("Suffix", GoValue.OfText(input.Suffix)),
        ("Response", GoValue.OfBytes("")));

    private static GoValue Root(ThinkSetting think, params ReadOnlySpan<(string Name, GoValue Value)> entries)
    {
        var root = new Dictionary<string, GoValue>(StringComparer.Ordinal)
        {
            ["Think"] = GoValue.Of(think.Enabled),
            ["ThinkLevel"] = GoValue.OfText(think.Enabled && string.IsNullOrEmpty(think.Level) ? "medium" : think.Level ?? ""),
            ["IsThinkSet"] = GoValue.Of(think.IsSet),
        };
        foreach (var (name, value) in entries)
            root[name] = value;
        return GoValue.Of(new GoMap(GoTypes.AnyMap, root));
    }
}
