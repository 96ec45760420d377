using System.Text.Json;

namespace ModelOps.Prompting.Grammars;

/// <summary>Looks over a schema before anything is made of it.</summary>
internal static class SchemaText
{
    private const int MostDepth = 200;

    /// <summary>Refuses what readers of JSON disagree on: a key that is there twice, text that is not valid Unicode.</summary>
    /// <exception cref="SchemaException">It is refused.</exception>
    internal static void Check(JsonElement schema) => Check(schema, "", 0);

    private static void Check(JsonElement value, string path, int depth)
    {
        if (depth > MostDepth)
            throw new SchemaException("", path, $"it is nested more than {MostDepth} deep");
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var seen = new HashSet<string>(StringComparer.Ordinal);
                foreach (var member in value.EnumerateObject())
                {
                    var name = Read(() => member.Name, path);
                    if (!seen.Add(name))
                        throw new SchemaException(name, path, "the key is there twice");
                    if (member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.String)
                        Check(member.Value, $"{path}/{Escaped(name)}", depth + 1);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    if (item.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.String)
                        Check(item, path, depth + 1);
                }

                break;
            case JsonValueKind.String:
                Read(() => value.GetString()!, path);
                break;
        }
    }

    /// <summary>A key as a step of a JSON pointer (RFC 6901).</summary>
    internal static string Escaped(string key) =>
        key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static string Read(Func<string> text, string path)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException)
        {
            throw new SchemaException("", path, "a text of it holds half a character");
        }
    }
}
