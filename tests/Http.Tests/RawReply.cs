using System.Text.Json.Nodes;

namespace ModelOps.Http.Tests;

/// <summary>A reply exactly as it came over the wire, with the body's chunks put together.</summary>
internal sealed record RawReply(int Status, ILookup<string, string> Headers, string Body, int Chunks)
{
    internal string? ContentType => Header("content-type");

    internal JsonNode Json => JsonNode.Parse(Body)!;

    internal JsonNode[] Lines => [.. Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];

    /// <summary>Data of the events, without the mark at the end.</summary>
    internal JsonNode[] Events =>
        [.. Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(block => block.Split('\n').Last()["data: ".Length..]).Where(data => data != "[DONE]").Select(
                data => JsonNode.Parse(data)!)];

    /// <summary>Types of the events.</summary>
    internal string[] EventTypes =>
        [.. Body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(block => block.Split('\n')[0]["event: ".Length..])];

    internal string Error => (string)Json["error"]!;

    internal string? Header(string name) => Headers[name].Any() ? string.Join(", ", Headers[name]) : null;
}
