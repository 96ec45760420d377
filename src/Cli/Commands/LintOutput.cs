using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.ModelfileLang.Lint;
using ModelOps.ModelfileLang.Lint.Formats;

namespace ModelOps.Cli.Commands;

/// <summary>One format and where it goes: standard output unless a file is named.</summary>
internal sealed record LintOutput(string Format, string? File)
{
    /// <summary>Reads <c>sarif</c> or <c>sarif=out.sarif</c>.</summary>
    /// <exception cref="CliException">There is no such format.</exception>
    internal static LintOutput Parse(string text)
    {
        var parts = text.Split('=', 2);
        return parts[0] is "text" or "json" or "sarif" or "github" or "gitlab" or "junit"
            ? new LintOutput(parts[0], parts.Length == 2 ? parts[1] : null)
            : throw new CliException(ExitCode.Usage, $"'{parts[0]}' is no format; there are text, json, sarif, github, gitlab and junit");
    }

    internal void Write(CliContext context, LintRun run)
    {
        var text = Text(run, File is null && context.UseColor);
        if (File is null)
        {
            context.ExactOut.Write(text);
            return;
        }

        try
        {
            System.IO.File.WriteAllText(context.FullPath(File), text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Failed, $"cannot write {File}: {error.Message}", error);
        }
    }

    private string Text(LintRun run, bool color) => Format switch
    {
        "json" => Json(LintJson.Write(run)),
        "sarif" => Json(LintSarif.Write(run)),
        "gitlab" => Json(LintGitLab.Write(run)),
        "github" => LintGitHub.Write(run),
        "junit" => LintJUnit.Write(run),
        _ => LintText.Write(run, color),
    };

    private static string Json(JsonNode node)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
            node.WriteTo(writer);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
