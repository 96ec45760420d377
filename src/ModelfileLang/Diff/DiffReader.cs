using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ModelOps.ModelfileLang.Diagnostics;

namespace ModelOps.ModelfileLang.Diff;

/// <summary>
/// Reads comparisons that were written as JSON, by somebody who is not trusted: a shape, a key or a word that is not known is refused, and
/// all that is read is text.
/// </summary>
public static class DiffReader
{
    /// <summary>The most changes or models of one list.</summary>
    public const int MostItems = 2000;

    /// <summary>Reads what <see cref="ModelfileDiffJson"/> writes.</summary>
    /// <exception cref="FormatException">It is something else; the message says where.</exception>
    public static ModelfileDiff Modelfile(JsonElement json, string path)
    {
        Keys(json, path, "class", "changes");
        return new ModelfileDiff([.. Items(json, path, "changes").Select(Change)]);
    }

    /// <summary>The elements of a list.</summary>
    public static IEnumerable<(JsonElement Json, string Path)> Items(JsonElement json, string path, string key)
    {
        var list = Get(json, path, key);
        if (list.ValueKind != JsonValueKind.Array)
            throw Wrong($"{path}.{key}", "a list");
        if (list.GetArrayLength() > MostItems)
            throw Wrong($"{path}.{key}", $"a list of at most {MostItems}");
        return list.EnumerateArray()
            .Select((item, index) => (item, string.Create(CultureInfo.InvariantCulture, $"{path}.{key}[{index}]")));
    }

    /// <summary>A text.</summary>
    public static string Text(JsonElement json, string path, string key) =>
        Get(json, path, key) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Wrong($"{path}.{key}", "a text");

    /// <summary>One of the words of an enumeration.</summary>
    public static T Word<T>(JsonElement json, string path, string key, Func<T, string> write)
        where T : struct, Enum
    {
        var text = Text(json, path, key);
        var known = Enum.GetValues<T>();
        var found = known.Where(value => write(value) == text).ToArray();
        return found.Length == 1 ? found[0] : throw Wrong($"{path}.{key}", $"one of {string.Join(", ", known.Select(write))}");
    }

    /// <summary>Nothing but these keys stands in an object.</summary>
    public static void Keys(JsonElement json, string path, params ReadOnlySpan<string> known)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw Wrong(path, "an object");
        foreach (var property in json.EnumerateObject())
        {
            if (!known.Contains(property.Name))
                throw new FormatException($"{path} has the key '{SafeText.ForLine(property.Name)}', which is not known");
        }
    }

    private static ModelfileChange Change((JsonElement Json, string Path) item)
    {
        var (json, path) = item;
        Keys(json, path, "subject", "kind", "class", "style", "before", "after", "line", "edits");
        var line = Get(json, path, "line");
        if (line.ValueKind != JsonValueKind.Number || !line.TryGetInt32(out var number))
            throw Wrong($"{path}.line", "a number");

        // The edits follow from what was before and after, and are made anew.
        return new ModelfileChange(
            Text(json, path, "subject"), Word<ChangeKind>(json, path, "kind", DiffWords.Of),
            Word<UpdateClass>(json, path, "class", DiffWords.Of), Word<ChangeStyle>(json, path, "style", DiffWords.Of),
            Texts(json, path, "before"), Texts(json, path, "after"), [],
            new SourceSpan(0, 0, number, 0, number, 0));
    }

    private static ImmutableArray<string> Texts(JsonElement json, string path, string key) =>
    [
        .. Items(json, path, key).Select(item =>
            item.Json.ValueKind == JsonValueKind.String ? item.Json.GetString()! : throw Wrong(item.Path, "a text")),
    ];

    private static JsonElement Get(JsonElement json, string path, string key) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(key, out var value)
            ? value
            : throw new FormatException($"{path} has no '{key}'");

    private static FormatException Wrong(string path, string what) => new($"{path} must be {what}");
}
