using System.Collections.Immutable;
using ModelOps.ModelfileLang.Diagnostics;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Settings;

/// <summary>Reads a file of settings.</summary>
public static class SettingFile
{
    /// <summary>The values of a text, and everything that is wrong with it, in file order. A wrong value counts as absent.</summary>
    /// <param name="text">The file's text, YAML.</param>
    /// <param name="file">Its name, for the problems.</param>
    /// <param name="table">What may stand in it.</param>
    public static (T Values, ImmutableArray<Diagnostic> Problems) Read<T>(string text, string file, SettingTable<T> table)
        where T : notnull
    {
        var problems = new DiagnosticList();
        var root = YamlText.Read(text, file, problems);
        if (root is not null)
            table.Object.Check(root, "", new SettingCheck(file, problems));
        var values = root is YamlNode.Mapping mapping ? table.Read(mapping, file) : table.Empty;
        return (values, problems.ToImmutable());
    }
}
