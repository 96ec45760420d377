using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelOps.Cli.Client;

/// <summary>
/// What a verb reads from an answer. Another program may have answered, so the shape is checked once, where the answer arrives, and a
/// verb can rely on it.
/// </summary>
/// <param name="fields">
/// One field each: <c>PATH: KIND</c>, where <c>[]</c> stands for every element of a list and <c>?</c> after a name for what may be absent
/// or null, as in <c>tensors?[].name: text</c>. Kinds: text, number, flag, moment, object, list.
/// </param>
internal sealed class ReplyShape(params string[] fields)
{
    private readonly (string[] Steps, string Kind)[] _fields = [.. fields.Select(Read)];

    /// <summary>What is wrong, as the end of a sentence about the answer; null when it is what was asked for.</summary>
    internal string? Problem(JsonNode answer)
    {
        foreach (var (steps, kind) in _fields)
        {
            if (Problem(answer, steps, kind, "") is { } problem)
                return problem;
        }

        return null;
    }

    private static (string[] Steps, string Kind) Read(string field)
    {
        var (path, kind) = field.Split(": ") is [var left, var right]
            ? (left, right)
            : throw new ArgumentException($"no field and kind: {field}", nameof(field));
        return (path.Replace("[]", ".[]", StringComparison.Ordinal).Split('.'), kind);
    }

    private static string? Problem(JsonNode? node, ReadOnlySpan<string> steps, string kind, string path)
    {
        if (steps.IsEmpty)
            return IsKind(node, kind) ? null : $"has no {kind} in '{path}'";
        if (steps[0] == "[]")
        {
            if (node is not JsonArray list)
                return $"has no list in '{path}'";
            for (var index = 0; index < list.Count; index++)
            {
                var at = $"{path}[{index.ToString(CultureInfo.InvariantCulture)}]";
                if (Problem(list[index], steps[1..], kind, at) is { } problem)
                    return problem;
            }

            return null;
        }

        var isOptional = steps[0].EndsWith('?');
        var name = steps[0].TrimEnd('?');
        if (node is not JsonObject holder)
            return $"has no object in '{path}'";
        var (value, below) = (holder[name], path.Length == 0 ? name : $"{path}.{name}");
        if (value is null)
            return isOptional ? null : $"has no '{below}'";
        return Problem(value, steps[1..], kind, below);
    }

    private static bool IsKind(JsonNode? node, string kind) => (kind, node?.GetValueKind()) switch
    {
        ("text", JsonValueKind.String) => true,
        ("number", JsonValueKind.Number) => ((JsonValue)node!).TryGetValue<long>(out _),
        ("flag", JsonValueKind.True or JsonValueKind.False) => true,
        ("moment", JsonValueKind.String) =>
            DateTimeOffset.TryParse((string)node!, CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        ("object", JsonValueKind.Object) => true,
        ("list", JsonValueKind.Array) => true,
        _ => false,
    };
}
