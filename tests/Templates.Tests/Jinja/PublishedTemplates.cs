using System.Text.Json;
using System.Text.Json.Nodes;
using ModelOps.TestKit;

namespace ModelOps.Templates.Tests.Jinja;

/// <summary>
/// Chat templates of published models, and what Jinja2 makes of them. They are other people's text, so they lie beside the project.
/// </summary>
internal static class PublishedTemplates
{
    /// <summary>Where they are, or null.</summary>
    public static string? Folder => ConformanceData.Jinja;

    /// <summary>When <c>strftime_now</c> was asked while recording.</summary>
    public static DateTimeOffset Now { get; } = new(2026, 3, 14, 15, 9, 26, TimeSpan.Zero);

    public static string TextOf(string template) => File.ReadAllText(Path.Combine(Folder!, "templates", template));

    /// <summary>The variables of one render.</summary>
    public static JsonObject Variables(string name)
    {
        var variables = new JsonObject
        {
            ["bos_token"] = "<s>", ["eos_token"] = "</s>", ["tools"] = null, ["add_generation_prompt"] = true,
        };
        var cases = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder!, "cases.json")))!.AsObject();
        foreach (var (key, value) in cases[name]!.AsObject())
            variables[key] = value?.DeepClone();
        return variables;
    }

    public static IEnumerable<JsonElement> Expectations() =>
        File.ReadLines(Path.Combine(Folder!, "expected.jsonl")).Where(line => line.Length > 0).Select(line =>
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.Clone();
        });
}
