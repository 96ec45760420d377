using System.Text.RegularExpressions;
using ModelOps.ModelStore.Names;
using ModelOps.Reconciler.Settings;

namespace ModelOps.Reconciler.Desired.Settings;

/// <summary>Kinds of values that only a models repository has.</summary>
internal static class ModelKinds
{
    internal static TextKind<ModelName> Name { get; } = new("a model name")
    {
        Parse = text => ModelName.TryParse(text, out var name) ? name : null,
        Write = name => name.ShortName,
        Problem = NameProblem,
        Limit = ("pattern", "^([A-Za-z0-9][A-Za-z0-9._:-]*/){0,2}[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$"),
    };

    internal static TextKind<string> Path { get; } = new("a path")
    {
        Parse = RepositoryPath.Inside,
        Write = path => path,
        Problem = text => RepositoryPath.Inside(text) is null
            ? new SettingProblem(
                "DS1016", $"'{SettingCheck.Short(text)}' is not a path inside the served folder",
                "write a path relative to modelops.yaml, with '/'")
            : null,
        Limit = ("pattern", "^(?![/~]|\\.\\./)[^\\\\]+$"),
    };

    internal static TextKind<string> Expression { get; } = new("a regular expression")
    {
        Parse = text => text,
        Write = text => text,
        Problem = ExpressionProblem,
        Limit = ("format", "regex"),
    };

    internal static TextKind<Share> Share { get; } = new("a count or a share such as 20%")
    {
        Parse = Desired.Share.Parse,
        Write = share => share.ToString(),
        Limit = ("pattern", "^([0-9]+|[0-9]{1,2}%|100%)$"),
        AlsoNumber = true,
    };

    internal static WordKind<DriftAction> Drift { get; } = new(("correct", DriftAction.Correct), ("warn", DriftAction.Warn));

    private static SettingProblem? NameProblem(string text) =>
        !ModelName.TryParse(text, out var name)
            ? new SettingProblem(
                "DS1009",
                $"'{SettingCheck.Short(text)}' is not a model name",
                "use letters, digits, '-', '_' and '.', and perhaps a tag: coder:7b")
            : string.Equals(name.Host, ModelName.ReservedHost, StringComparison.OrdinalIgnoreCase)
                ? new SettingProblem("DS1009", $"the host {ModelName.ReservedHost} is reserved", "use a name without a host")
                : null;

    private static SettingProblem? ExpressionProblem(string text)
    {
        try
        {
            _ = new Regex(text, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            return null;
        }
        catch (NotSupportedException)
        {
            return new SettingProblem(
                "DS1019", "the regular expression uses look-around or back references", "write it without them");
        }
        catch (ArgumentException error)
        {
            return new SettingProblem("DS1019", $"not a regular expression: {error.Message}");
        }
    }
}
