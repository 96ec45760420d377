using System.Text.Json.Nodes;
using ModelOps.Reconciler.Desired.Yaml;

namespace ModelOps.Reconciler.Desired.Schemas;

/// <summary>
/// What one place of <c>modelops.yaml</c> may hold. The one description from which values are checked (with positions and hints)
/// and from which the published JSON Schema is written.
/// </summary>
/// <param name="Description">One sentence for editors.</param>
internal abstract record SchemaNode(string Description)
{
    /// <summary>Reports everything that is wrong with a value.</summary>
    /// <param name="value">What stands there; never an empty value.</param>
    /// <param name="path">Where it stands, such as <c>spec.models[0].name</c>.</param>
    /// <param name="check">The file and its problems.</param>
    internal abstract void Check(YamlNode value, string path, SchemaCheck check);

    /// <summary>This place as JSON Schema 2020-12.</summary>
    internal JsonObject ToJson()
    {
        var schema = new JsonObject { ["description"] = Description };
        Write(schema);
        return schema;
    }

    private protected abstract void Write(JsonObject schema);
}

/// <summary>A file under check.</summary>
internal sealed record SchemaCheck(string File, DiagnosticList Problems)
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
