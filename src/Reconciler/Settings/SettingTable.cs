using System.Collections.Immutable;
using System.Text.Json.Nodes;
using ModelOps.Reconciler.Yaml;

namespace ModelOps.Reconciler.Settings;

/// <summary>All fields of one kind of object, in the order in which they are listed.</summary>
/// <typeparam name="T">What holds the values.</typeparam>
public sealed class SettingTable<T>
    where T : notnull
{
    /// <summary>Puts a table together.</summary>
    /// <param name="empty">An owner with nothing set: its values are the defaults.</param>
    /// <param name="groups">The objects that the rows lie in; the first is the whole.</param>
    /// <param name="rows">The fields.</param>
    public SettingTable(T empty, ImmutableArray<SettingGroup> groups, ImmutableArray<Setting<T>> rows)
    {
        (Empty, Groups, Rows) = (empty, groups, rows);
        Object = ObjectOf("", rows);
        Defaults = ObjectOf("", [.. rows.Where(row => row.Inherited)]) with { OneOf = [] };
    }

    /// <summary>An owner with nothing set.</summary>
    public T Empty { get; }

    /// <summary>The objects that the rows lie in; the first is the whole.</summary>
    public ImmutableArray<SettingGroup> Groups { get; }

    /// <summary>The fields.</summary>
    public ImmutableArray<Setting<T>> Rows { get; }

    /// <summary>The whole as a kind of value.</summary>
    internal ObjectKind Object { get; }

    /// <summary>The object that holds the defaults of all owners.</summary>
    internal ObjectKind Defaults { get; }

    /// <summary>Rows that differ between two owners, with both values; what is compared elsewhere is left out.</summary>
    public IEnumerable<(Setting<T> Row, string Before, string After)> Compare(T before, T after) =>
        Rows.Where(row => row.Class is not null)
            .Select(row => (Row: row, Before: row.Show(before), After: row.Show(after)))
            .Where(row => row.Before != row.After);

    /// <summary>Reads every field that is there.</summary>
    /// <param name="node">The object.</param>
    /// <param name="file">Its file.</param>
    /// <param name="start">What the values are added to; null for nothing.</param>
    /// <param name="defaults">Where fields stand that the object itself does not have.</param>
    internal T Read(YamlNode.Mapping node, string file, T? start = default, YamlNode? defaults = null)
    {
        var owner = start ?? Empty;
        foreach (var row in Rows)
        {
            if ((At(node, row) ?? (row.Inherited && defaults is not null ? At(defaults, row) : null)) is { } value)
                owner = row.Read(owner, value, file);
        }

        return owner;
    }

    /// <summary>All values that are set, in objects as in the file.</summary>
    internal JsonObject ToJson(T owner)
    {
        var root = new JsonObject();
        foreach (var row in Rows)
        {
            if (row.Json(owner) is not { } value)
                continue;
            var at = root;
            foreach (var segment in row.Segments.AsSpan()[..^1])
                at = (JsonObject)(at[segment] ??= new JsonObject());
            at[row.Segments[^1]] = value;
        }

        return root;
    }

    private static YamlNode? At(YamlNode node, Setting<T> row)
    {
        YamlNode? at = node;
        foreach (var segment in row.Segments)
            at = (at as YamlNode.Mapping)?[segment];
        return at;
    }

    private ObjectKind ObjectOf(string path, ImmutableArray<Setting<T>> rows)
    {
        var depth = path.Length == 0 ? 0 : path.Split('.').Length;
        var group = Groups.FirstOrDefault(group => group.Path == path);
        var keys = rows.Where(row => path.Length == 0 || row.Path.StartsWith(path + '.', StringComparison.Ordinal))
            .GroupBy(row => row.Segments[depth])
            .Select(below => KeyOf(path, below.Key, [.. below], depth));
        return new ObjectKind([.. keys], group?.OneOf ?? []) { Elsewhere = group?.Elsewhere ?? Nothing };
    }

    private ObjectKey KeyOf(string path, string name, ImmutableArray<Setting<T>> rows, int depth)
    {
        if (rows is [var row] && row.Segments.Length == depth + 1)
            return new ObjectKey(name, row.Kind, row.Text, row.Required, row.Json(Empty));
        var below = path.Length == 0 ? name : $"{path}.{name}";
        var group = Groups.FirstOrDefault(group => group.Path == below)
            ?? throw new InvalidOperationException($"the settings have no group '{below}'");
        return new ObjectKey(name, ObjectOf(below, rows), group.Text, group.Required, Default: null);
    }

    private static ImmutableDictionary<string, string> Nothing => ImmutableDictionary<string, string>.Empty;
}
