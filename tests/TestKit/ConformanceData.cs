using System.Text.Json;
using Xunit;

namespace ModelOps.TestKit;

/// <summary>The recorded cases of the reference, one JSON object a line.</summary>
public static class ConformanceData
{
    /// <summary>The folder named by <c>MODELOPS_CONFORMANCE</c>, else the project's own copy.</summary>
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("MODELOPS_CONFORMANCE") is { Length: > 0 } folder
            ? folder
            : RepoRoot.Combine("tests", "conformance");

    /// <summary>
    /// Folder of the recorded renders of published chat templates, or null: they are other people's text, so they lie beside the
    /// project and not in it.
    /// </summary>
    public static string? Jinja { get; } = FindJinja();

    /// <summary>All cases of one file. A missing file is an error, never an empty list.</summary>
    public static IEnumerable<JsonElement> Lines(string area, string file)
    {
        var path = Path.Combine(Folder, area, file);
        if (!File.Exists(path))
            throw new FileNotFoundException($"Conformance data is missing: {path}. Set MODELOPS_CONFORMANCE to a folder that has it.");
        return File.ReadLines(path).Where(line => line.Length > 0).Select(line =>
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        });
    }

    /// <summary>One theory row per case: its id and its JSON text, so that a failing case is named.</summary>
    public static TheoryData<string, string> Cases(string area, string file)
    {
        var rows = new TheoryData<string, string>();
        foreach (var line in Lines(area, file))
            rows.Add(line.GetProperty("id").GetString()!, line.GetRawText());
        return rows;
    }

    private static string? FindJinja()
    {
        var folder = Environment.GetEnvironmentVariable("MODELOPS_CONFORMANCE") is { Length: > 0 } named
            ? Path.Combine(named, "jinja")
            : Path.GetFullPath(RepoRoot.Combine("..", "shared", "conformance", "jinja"));
        return File.Exists(Path.Combine(folder, "expected.jsonl")) ? folder : null;
    }
}
