using System.Globalization;
using System.Text.Json.Nodes;

namespace ModelOps.Cli.Output;

/// <summary>The models of a store as people read them (spec/modelfile-and-store.md 8.2).</summary>
internal static class ListText
{
    /// <summary>Of an answer of <c>/api/tags</c>, the models whose names begin so.</summary>
    internal static IReadOnlyList<JsonNode> Begin(JsonNode reply, string prefix) =>
    [
        .. reply["models"]!.AsArray()
            .Where(model => ((string)model!["name"]!).StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .Select(model => model!),
    ];

    /// <summary>A line for each.</summary>
    internal static TextTable Of(IEnumerable<JsonNode> models, DateTimeOffset now)
    {
        var table = new TextTable("NAME", "ID", "SIZE", "MODIFIED") { GiveWay = ["ID", "MODIFIED"], NameCells = 40 };
        foreach (var model in models)
        {
            table.Add(
                (string)model["name"]!,
                HumanText.Digest((string)model["digest"]!),
                HumanText.Bytes((long)model["size"]!),
                HumanText.Age(DateTimeOffset.Parse((string)model["modified_at"]!, CultureInfo.InvariantCulture), now));
        }

        return table;
    }
}
