using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Settings;

/// <summary>What is wrong with one value.</summary>
/// <param name="Code">Its page in the diagnostics.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Hint">What to write instead, when that is known.</param>
public sealed record SettingProblem(string Code, string Message, string? Hint = null);

/// <summary>A file under check.</summary>
internal sealed record SettingCheck(string File, DiagnosticList Problems)
{
    internal void Error(string code, YamlNode at, string message, string? hint = null) =>
        Problems.Error(code, File, at.Span, message, hint);

    internal void WrongType(YamlNode at, string path, string wanted)
    {
        var found = at switch
        {
            YamlNode.Mapping => "a mapping",
            YamlNode.Sequence => "a list",
            YamlNode.Scalar scalar => $"'{Short(scalar.Value)}'",
            _ => "something else",
        };
        Error("DS1004", at, $"{path} must be {wanted}, not {found}");
    }

    internal static string Short(string text)
    {
        var line = text.ReplaceLineEndings("⏎");
        return line.Length > 60 ? line[..60] + "…" : line;
    }
}
